// Who this is and what we told them before.
import type { EarlierTicket, TicketHead } from '../../db/ticket-page.ts'
import { type Place, placeQuery, ticketPath } from './place.ts'
import { PlatformIcon } from './platform.tsx'
import { Time } from './time.tsx'
import { CATEGORY, languageName, plural, STATUS } from './words.ts'

export function CustomerPane({
  ticket,
  earlier,
  language,
  place,
  now,
  label,
  mayAct,
}: {
  ticket: TicketHead
  earlier: EarlierTicket[]
  language: string | null
  place: Place
  now: Date
  label: string
  mayAct: boolean
}) {
  return (
    <>
      <header class="customer-head">
        <h2>{ticket.name || ticket.handle}</h2>
        <p class="row">
          <PlatformIcon platform={ticket.platform} label={label} />
          <span>{ticket.handle ? `@${ticket.handle}` : label}</span>
          {ticket.isVip ? <span class="chip accent">VIP</span> : null}
        </p>
        <form method="post" action={`/tickets/${ticket.number}/vip${ticket.isVip ? '/undo' : ''}${placeQuery(place)}`}>
          <button type="submit" class="small quiet" disabled={!mayAct} title={mayAct ? VIP_MEANS : 'Read-only: a rep can do this'}>
            {ticket.isVip ? 'No longer VIP' : 'Mark as VIP'}
          </button>
        </form>
      </header>
      {ticket.doNotEngageUntil && ticket.doNotEngageUntil > now ? (
        <p class="advice">
          Do not engage until <Time at={ticket.doNotEngageUntil} now={now} />. Silence may be the best answer.
        </p>
      ) : null}
      <dl class="facts">
        <div>
          <dt>Language</dt>
          <dd>{language ? languageName(language) : 'not sure yet'}</dd>
        </div>
        {ticket.followers !== null ? (
          <div>
            <dt>Followers</dt>
            <dd>{ticket.followers.toLocaleString('en')}</dd>
          </div>
        ) : null}
        <div>
          <dt>Wrote to</dt>
          <dd>{ticket.accountName}</dd>
        </div>
        <div>
          <dt>First wrote here</dt>
          <dd>
            <Time at={firstOf([ticket, ...earlier])} now={now} />
          </dd>
        </div>
        {ticket.tags.length ? (
          <div>
            <dt>Tags</dt>
            <dd>{ticket.tags.join(', ')}</dd>
          </div>
        ) : null}
        {ticket.incidentNumber ? (
          <div>
            <dt>Incident</dt>
            <dd>
              <a href={`/incidents/${ticket.incidentNumber}`}>
                INC-{ticket.incidentNumber} {ticket.incidentTitle}
              </a>
            </dd>
          </div>
        ) : null}
      </dl>
      <h3>{earlier.length ? plural(earlier.length, 'earlier ticket') : 'No earlier tickets'}</h3>
      <ol class="earlier">
        {earlier.map(one => (
          <li>
            <a href={ticketPath(one.number, place)} data-open>
              <span class="row">
                <strong>#{one.number}</strong>
                <span class={one.status === 'solved' || one.status === 'closed' ? 'chip' : 'chip accent'}>{STATUS[one.status]}</span>
                <Time at={one.startedAt} now={now} />
              </span>
              <span class="snippet">{one.text}</span>
              <span class="muted">
                {CATEGORY[one.category]}
                {one.handledBy ? `, ${one.handledBy}` : ''}
                {one.solvedAt ? (
                  <>
                    , solved <Time at={one.solvedAt} now={now} />
                  </>
                ) : null}
              </span>
            </a>
          </li>
        ))}
      </ol>
    </>
  )
}

const VIP_MEANS = 'Triage never lets a VIP’s words go as irrelevant, and rules can ask for VIPs'
const firstOf = (tickets: { startedAt: Date }[]) => new Date(Math.min(...tickets.map(one => one.startedAt.getTime())))
