// Webhooks that proved nothing: only how many, from when, and why.
import { connectors } from '../../connectors/all.ts'
import type { RefusalSum } from '../../db/accounts-page.ts'
import { Time } from './time.tsx'

export function RefusalTable({ refusals, now }: { refusals: RefusalSum[]; now: Date }) {
  if (!refusals.length) return <p class="muted">No webhook was refused in the last 7 days.</p>
  return (
    <div class="scroll">
      <table>
        <caption class="visually-hidden">Webhooks refused in the last 7 days</caption>
        <thead>
          <tr>
            <th scope="col">Platform</th>
            <th scope="col">Refused because</th>
            <th scope="col" class="number">
              Times, 7 days
            </th>
            <th scope="col">Last</th>
          </tr>
        </thead>
        <tbody>
          {refusals.map(one => (
            <tr>
              <td>{connectors.find(connector => connector.platform === one.platform)?.label ?? one.platform}</td>
              <td>
                {one.reason}
                {HINT[one.reason] ? <span class="hint"> · {HINT[one.reason]}</span> : null}
              </td>
              <td class="number">{one.count}</td>
              <td>
                <Time at={one.lastAt} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const HINT: Record<string, string> = {
  'signature wrong': 'a stranger, or the app secret here is not the one over there',
  'signature missing': 'a stranger, or a proxy that drops headers',
  'handshake refused': 'the verify token here is not the one over there',
  'too large': 'more than 10 MB',
}
