// What could not be read or judged: by shape and problem, never by a customer's words, with a button to try again.
import type { listUnreadableBodies, SetAsideRow } from '../../db/health-page.ts'
import type { WebDesk } from '../env.ts'
import { shapeOf } from '../json-shape.ts'
import { Time } from './time.tsx'

export function UnreadableDeliveries({
  desk,
  rows,
  total,
  now,
  mayChange,
}: {
  desk: WebDesk
  rows: Awaited<ReturnType<typeof listUnreadableBodies>>
  total: number
  now: Date
  mayChange: boolean
}) {
  if (!rows.length) return <p class="muted">None. What cannot be read is kept here, and read again once the cause is mended.</p>
  return (
    <form method="post" action="/health/deliveries/read-again" class="stack">
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="visually-hidden">Chosen</span>
              </th>
              <th scope="col">Came in</th>
              <th scope="col">From</th>
              <th scope="col">Problem</th>
              <th scope="col">Shape</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr>
                <td>
                  <input
                    type="checkbox"
                    name="id"
                    value={row.id}
                    checked
                    aria-label={`Delivery of ${row.receivedAt.toISOString()}`}
                    disabled={!row.body}
                  />
                </td>
                <td>
                  <Time at={row.receivedAt} now={now} />
                </td>
                <td>
                  {row.label}
                  <br />
                  <small class="muted">
                    {row.source} · {row.bodyBytes.toLocaleString('en')} bytes · tried {row.attempts}×
                  </small>
                </td>
                <td>{row.problem}</td>
                <td class="shape">{shape(desk, row.body)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <AgainButton label="Read again" shown={rows.length} total={total} mayChange={mayChange} />
    </form>
  )
}

export function MentionsSetAside({ rows, total, now, mayChange }: { rows: SetAsideRow[]; total: number; now: Date; mayChange: boolean }) {
  if (!rows.length) return <p class="muted">None. A mention that spoils its batch is set aside here alone, and the others go on.</p>
  return (
    <form method="post" action="/health/mentions/judge-again" class="stack">
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="visually-hidden">Chosen</span>
              </th>
              <th scope="col">Came in</th>
              <th scope="col">To</th>
              <th scope="col">Problem</th>
              <th scope="col">Shape</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr>
                <td>
                  <input type="checkbox" name="id" value={row.id} checked aria-label={`Mention of ${row.receivedAt.toISOString()}`} />
                </td>
                <td>
                  <Time at={row.receivedAt} now={now} />
                </td>
                <td>
                  @{row.handle} <small class="muted">{row.platform}</small>
                </td>
                <td>{row.problem ?? 'not recorded'}</td>
                <td class="shape">
                  {row.visibility}, {row.characters} characters, tried {row.attempts}×
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <AgainButton label="Judge again" shown={rows.length} total={total} mayChange={mayChange} />
    </form>
  )
}

const AgainButton = ({ label, shown, total, mayChange }: { label: string; shown: number; total: number; mayChange: boolean }) => (
  <div class="row">
    <button type="submit" {...(mayChange ? {} : { disabled: true, title: 'Only an admin can do this.' })}>
      {label}
    </button>
    {mayChange ? null : <span class="muted">Only an admin can do this.</span>}
    {total > shown ? (
      <span class="muted">
        The newest {shown} of {total}.
      </span>
    ) : null}
  </div>
)

function shape(desk: WebDesk, body: Uint8Array | null): string {
  if (!body) return 'expired'
  try {
    return shapeOf(desk.vault.open(body).toString('utf8'))
  } catch (error) {
    desk.log.warn({ err: error }, 'a delivery cannot be opened')
    return 'cannot be opened: SECRET_KEY changed'
  }
}
