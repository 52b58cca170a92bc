// How a template will read, for an invented customer, and how long it is on each platform by the platform's own rule.
import type { Connector } from '../../connectors/connector.ts'
import { fillTemplate, findPlaceholders } from '../../responders/placeholders.ts'
import { sign } from '../../responders/signature.ts'

interface PreviewProps {
  form: { platform: string | null; text: string; language: string }
  initials: string
  connectors: readonly Connector[]
}

export function TemplatePreview({ form, initials, connectors }: PreviewProps) {
  const { text } = fillTemplate(form.text.replace(/\r\n/g, '\n').trim(), { ...SAMPLE, agent: { initials } })
  const signed = sign(text, initials)
  return (
    <>
      <h2>For {SAMPLE.customer.name}</h2>
      <p class="bubble" lang={form.language} dir="auto">
        {text ? <MarkedTemplate text={signed} /> : <span class="muted">Nothing is written yet.</span>}
      </p>
      {findPlaceholders(text).length ? <p class="hint">Marked gaps must be filled before it can be sent, so it will grow.</p> : null}
      <table class="lengths">
        <caption class="visually-hidden">Length with signature</caption>
        <thead>
          <tr>
            <th scope="col">Length, signed</th>
            <th scope="col" class="number">
              Public
            </th>
            <th scope="col" class="number">
              Private
            </th>
          </tr>
        </thead>
        <tbody>
          {connectors
            .filter(one => !form.platform || one.platform === form.platform)
            .map(one => (
              <tr>
                <th scope="row">{one.label}</th>
                <Length text={signed} rule={one.limits.public} />
                <Length text={signed} rule={one.limits.private} />
              </tr>
            ))}
        </tbody>
      </table>
    </>
  )
}

/** Gaps in colour and underlined: a gap nobody sees is a gap somebody sends. */
export function MarkedTemplate({ text }: { text: string }) {
  const parts: unknown[] = []
  let at = 0
  for (const {
    span: [start, end],
  } of findPlaceholders(text)) {
    parts.push(text.slice(at, start), <span class="gap">{text.slice(start, end)}</span>)
    at = end
  }
  return <>{[...parts, text.slice(at)] as never}</>
}

function Length({ text, rule }: { text: string; rule: Connector['limits']['public'] }) {
  const length = rule.count(text)
  const over = length - rule.limit
  return (
    <td class="number">
      <span class={over > 0 ? 'late' : undefined}>{length.toLocaleString('en')}</span>
      <span class="muted"> / {rule.limit.toLocaleString('en')}</span>
      {over > 0 ? <span class="late"> {over} too long</span> : null}
    </td>
  )
}

const SAMPLE = {
  customer: { name: 'Robin Vale', handle: 'robin_vale' },
  ticket: { number: 1042 },
  link: 'https://help.example.com/returns',
  impact: 'log in',
  next: '14:30 UTC',
}
