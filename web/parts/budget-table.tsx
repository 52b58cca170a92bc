// What is left of the platforms' limits, per endpoint: where polls are paced by them.
import type { ChannelState } from '../../metrics/channels.ts'
import { Time } from './time.tsx'

export function BudgetTable({ channels, now }: { channels: readonly ChannelState[]; now: Date }) {
  const rows = channels.flatMap(({ account, budgets }) => budgets.map(budget => ({ account, budget })))
  if (!rows.length) return <p class="muted">No platform has told of a limit in its running window.</p>
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Account</th>
            <th scope="col">Calls</th>
            <th scope="col" class="number">
              Left
            </th>
            <th scope="col">Begins anew</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ account, budget }) => (
            <tr>
              <td>
                @{account.handle} {budget.scope === 'app' ? <span class="chip">shared by the app</span> : null}
              </td>
              <td>
                <code>{budget.endpoint.replace(account.externalId, ':id')}</code>
              </td>
              <td class="number">
                <meter min={0} max={Math.max(1, budget.most)} low={budget.most * 0.25} value={budget.remaining}>
                  {budget.remaining} of {budget.most}
                </meter>{' '}
                {budget.remaining.toLocaleString('en')} of {budget.most.toLocaleString('en')}
              </td>
              <td>
                <Time at={budget.resetAt} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
