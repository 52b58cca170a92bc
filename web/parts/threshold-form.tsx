// The two thresholds of triage: how sure noise must be, and below what doubt a person looks.
import type { Thresholds } from '../../triage/rules.ts'
import { LEADS_ONLY } from './rule-form.tsx'

export function ThresholdForm({ thresholds, mayChange }: { thresholds: Thresholds; mayChange: boolean }) {
  const locked = mayChange ? {} : { disabled: true, title: LEADS_ONLY }
  const field = (name: keyof Thresholds, label: string, hint: string, bounds: { min: number; max: number }) => (
    <label>
      {label}
      <input
        type="number"
        name={name}
        value={Math.round(thresholds[name] * 100)}
        step="1"
        required
        class="percent"
        {...bounds}
        {...locked}
      />
      <span class="hint">{hint}</span>
    </label>
  )
  return (
    <form method="post" action="/rules/thresholds" class="card stack rule-form">
      {field(
        'noise',
        'Noise must be this sure (%)',
        '50 to 99; triage itself asks for 85. Higher: less sure noise goes to Review. Lower: more is dropped unseen, but nothing that asks, sounds unhappy or shows a sign of trouble.',
        { min: 50, max: 99 },
      )}
      {field(
        'review',
        'A person looks at anything less sure than (%)',
        '0 to 95; triage itself asks below 30. Higher: fewer wrong tickets, more to review. Lower: less to review, more wrong tickets, and doubt about the tier counts no more.',
        { min: 0, max: 95 },
      )}
      <div class="row">
        <button type="submit" name="then" value="look" class="primary" {...locked}>
          Try them on the last 30 days
        </button>
        <button type="submit" name="then" value="save" {...locked}>
          Save
        </button>
        <a class="button quiet" href="/rules">
          Cancel
        </a>
      </div>
    </form>
  )
}
