// The form of a watch term: what to listen for, what to leave out, in which languages; each problem stands at its field.
import type { WatchTerm } from '../../domain.ts'
import type { FieldProblem } from '../../triage/term-book.ts'

type Words = Pick<WatchTerm, 'name' | 'isActive' | 'anyOf' | 'noneOf' | 'languages'>
export interface TermFormProps {
  term: Words
  action: string
  problems: readonly FieldProblem[]
  mayChange: boolean
  /** A preview costs something. */
  isPaid: boolean
}

export function TermForm({ term, action, problems, mayChange, isPaid }: TermFormProps) {
  const locked = mayChange ? {} : { disabled: true, title: LEADS_ONLY }
  const wrong = (field: FieldProblem['field']) => problems.filter(one => one.field === field)
  const told = (field: FieldProblem['field']) =>
    wrong(field).length ? { 'aria-invalid': 'true' as const, 'aria-describedby': `wrong-${field}` } : {}
  const Wrong = ({ field }: { field: FieldProblem['field'] }) =>
    wrong(field).length ? (
      <span class="wrong" id={`wrong-${field}`}>
        {wrong(field).map(one => (
          <span>{one.because}</span>
        ))}
      </span>
    ) : null
  return (
    <form method="post" action={action} class="card stack term-form">
      {problems.length ? (
        <p class="problem" role="alert">
          Nothing was stored. Look at {[...new Set(problems.map(one => `“${LABEL[one.field]}”`))].join(' and ')}.
        </p>
      ) : null}
      <div class="row fields">
        <label class="grow">
          {LABEL.name}
          <input name="name" value={term.name} maxlength={80} placeholder="Brand and misspellings" {...told('name')} {...locked} />
          <Wrong field="name" />
        </label>
        <label class="check">
          <input type="checkbox" name="isActive" value="1" checked={term.isActive} {...locked} />
          On
        </label>
      </div>
      <div class="two">
        <label>
          {LABEL.anyOf}
          <textarea name="anyOf" rows={5} dir="auto" placeholder={'heron air\nheronair\n#heronair'} {...told('anyOf')} {...locked}>
            {term.anyOf.join('\n')}
          </textarea>
          <Wrong field="anyOf" />
          <span class="hint">One a line: names, misspellings, products, #hashtags. Several words on a line are a phrase.</span>
        </label>
        <label>
          {LABEL.noneOf}
          <textarea name="noneOf" rows={5} dir="auto" placeholder="fan club" {...told('noneOf')} {...locked}>
            {term.noneOf.join('\n')}
          </textarea>
          <Wrong field="noneOf" />
          <span class="hint">One a line. What has one of these in it is not brought.</span>
        </label>
      </div>
      <label class="languages">
        {LABEL.languages}
        <input name="languages" value={term.languages.join(', ')} placeholder="en, de" {...told('languages')} {...locked} />
        <Wrong field="languages" />
        <span class="hint">As the platform sees them. Leave it empty for all.</span>
      </label>
      <div class="row">
        <button type="submit" class="primary" name="then" value="save" {...locked}>
          Listen for it
        </button>
        <button type="submit" name="then" value="preview" {...locked}>
          What would it have caught yesterday?
        </button>
        <span class="muted">
          {mayChange
            ? isPaid
              ? 'The preview reads at most 100 posts, and the platform charges for them.'
              : 'The preview stores nothing.'
            : LEADS_ONLY}
        </span>
      </div>
    </form>
  )
}

/** Lines without what is empty or twice. */
export function readTermForm(fields: Record<string, unknown>): Words {
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '').trim()
  const list = (name: string, between: RegExp) => [
    ...new Set(
      text(name)
        .split(between)
        .map(one => one.trim().replace(/\s+/g, ' '))
        .filter(Boolean),
    ),
  ]
  return {
    name: text('name'),
    isActive: text('isActive') === '1',
    anyOf: list('anyOf', /\n/),
    noneOf: list('noneOf', /\n/),
    languages: list('languages', /[\s,;]+/).map(one => one.toLowerCase()),
  }
}

export const LEADS_ONLY = 'Only a lead or an admin can change what is listened for.'
const LABEL = { name: 'Name', anyOf: 'Listen for any of', noneOf: 'Leave out', languages: 'Languages' } as const
