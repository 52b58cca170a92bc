// Tickets of an incident as a table: linked, matching, or to be reviewed with a tick each.
import type { LinkedTicket } from '../../db/incidents-page.ts'
import { PlatformIcon } from './platform.tsx'
import { Time } from './time.tsx'
import { CATEGORY, STATUS } from './words.ts'

interface Props {
  tickets: readonly LinkedTicket[]
  now: Date
  /** A column of ticks by this name; the form around it sends them. */
  tick?: { name: string; isTicked: (ticket: LinkedTicket) => boolean }
  /** Where "Unlink" posts to; null: nobody may. */
  unlinkPath?: string | null
}

export function LinkedTable({ tickets, now, tick, unlinkPath = null }: Props) {
  return (
    <div class="scroll">
      <table class="linked">
        <thead>
          <tr>
            {tick ? (
              <th scope="col">
                <span class="visually-hidden">Choose</span>
              </th>
            ) : null}
            <th scope="col">Ticket</th>
            <th scope="col">Customer</th>
            <th scope="col">Last words</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
            {unlinkPath ? (
              <th scope="col">
                <span class="visually-hidden">Unlink</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {tickets.map(ticket => (
            <tr>
              {tick ? (
                <td>
                  <input
                    type="checkbox"
                    name={tick.name}
                    value={ticket.id}
                    checked={tick.isTicked(ticket)}
                    aria-label={`#${ticket.number} ${ticket.customer}`}
                  />
                </td>
              ) : null}
              <th scope="row">
                <a href={`/tickets/${ticket.number}`}>#{ticket.number}</a>
              </th>
              <td>
                <span class="row nowrap">
                  <PlatformIcon platform={ticket.platform} label={ticket.platform} />
                  {ticket.customer || `@${ticket.handle}`}
                </span>
              </td>
              <td class="words" lang={ticket.language ?? undefined} dir="auto">
                {ticket.text || <em class="muted">deleted by the customer</em>}
              </td>
              <td class="state">
                {STATUS[ticket.status]}
                {ticket.isHeld ? ' · held' : ''}
                {ticket.category === 'outage_report' ? null : (
                  <>
                    {' '}
                    <span class="chip warn">{CATEGORY[ticket.category]}</span>
                  </>
                )}
                {ticket.individually ? (
                  <>
                    {' '}
                    <span class="chip" title={ticket.individually}>
                      answered individually
                    </span>
                  </>
                ) : null}
              </td>
              <td>
                <Time at={ticket.startedAt} now={now} />
              </td>
              {unlinkPath ? (
                <td>
                  {ticket.status === 'solved' || ticket.status === 'closed' ? null : (
                    <form method="post" action={`${unlinkPath}/links/${ticket.number}/undo`}>
                      <button type="submit" class="small quiet">
                        Unlink
                      </button>
                    </form>
                  )}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
