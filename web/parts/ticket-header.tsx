// The head of a ticket: who, how urgent, who has it; and every act upon it, each a plain form.
import type { Child } from 'hono/jsx'
import type { IncidentRow } from '../../db/incidents.ts'
import type { TeammateRow } from '../../db/teammates.ts'
import type { TicketHead } from '../../db/ticket-page.ts'
import type { SignedIn } from '../env.ts'
import { Icon } from './icon.tsx'
import { type Place, queuePath } from './place.ts'
import { PlatformIcon } from './platform.tsx'
import { Time, waited } from './time.tsx'
import { CATEGORY, PRIORITY, STATUS } from './words.ts'

export interface HeaderProps {
  ticket: TicketHead
  place: Place
  now: Date
  teammate: SignedIn
  teammates: TeammateRow[]
  incidents: IncidentRow[]
  present: { name: string; isTyping: boolean }[]
  isAnswered: boolean
  label: string
  path: string
  query: string
}

export function TicketHeader(props: HeaderProps) {
  const { ticket, place, now, label, present } = props
  return (
    <header class="ticket-head" id="ticket-head">
      <div class="ticket-title">
        <a class="quiet button icon-button back" href={queuePath(place)} aria-label="Back to the list (Esc)" data-back>
          <Icon name="back" />
        </a>
        <h1>
          <span class="muted">#{ticket.number}</span> {ticket.name || ticket.handle}
        </h1>
        {ticket.handle && ticket.name ? <span class="muted">@{ticket.handle}</span> : null}
        <PlatformIcon platform={ticket.platform} label={label} />
        <span class="grow"></span>
        <a class="quiet button small customer-link" href="#customer">
          Customer
        </a>
      </div>
      <p class="facts-line">
        <span class={`priority ${ticket.priority}`}>
          <Icon name={ticket.priority} />
          {PRIORITY[ticket.priority]}
        </span>
        <span class="chip">{STATUS[ticket.status]}</span>
        <span>{CATEGORY[ticket.category]}</span>
        <Clock ticket={ticket} now={now} />
        <span>{ticket.assignee ? `with ${ticket.assignee}` : 'unassigned'}</span>
        {ticket.snoozedUntil ? (
          <span class="chip">
            snoozed, wakes <Time at={ticket.snoozedUntil} now={now} />
          </span>
        ) : null}
        {ticket.status === 'on_hold' && ticket.holdReason ? <span>waits for: {ticket.holdReason}</span> : null}
        {ticket.isHeld ? <span class="chip warn">held by INC-{ticket.incidentNumber}</span> : null}
        {ticket.isSpam ? <span class="chip bad">Spam</span> : null}
      </p>
      <p class="present" id="present" role="status">
        {present.map(one => (
          <span class="chip accent">
            <Icon name={one.isTyping ? 'pencil' : 'eye'} />
            {one.name} is {one.isTyping ? 'typing' : 'viewing'}
          </span>
        ))}
      </p>
      <Acts {...props} />
    </header>
  )
}

function Clock({ ticket, now }: { ticket: TicketHead; now: Date }) {
  if (!ticket.waitingSince) return <span class="muted">nobody waits</span>
  return (
    <>
      {ticket.responseDueAt ? (
        <span class={ticket.responseDueAt < now ? 'late' : undefined}>
          {ticket.responseDueAt < now ? 'overdue ' : 'due in '}
          <Time at={ticket.responseDueAt} now={now} countdown />
        </span>
      ) : null}
      <span>waited {waited(ticket.waitingSince, now)}</span>
    </>
  )
}

function Acts({ ticket, teammate, teammates, incidents, isAnswered, path, query }: HeaderProps) {
  const mayAct = teammate.role !== 'readonly'
  const isOver = ticket.status === 'solved' || ticket.status === 'closed'
  const act = (resource: string, label: string, key: string, more: { class?: string; disabled?: boolean; title?: string } = {}) => (
    <form method="post" action={`${path}/${resource}${query}`}>
      <button
        type="submit"
        class={`small ${more.class ?? ''}`}
        data-key={key}
        disabled={!mayAct || more.disabled}
        title={mayAct ? (more.title ?? `${label} (${key})`) : READONLY}
      >
        {label}
      </button>
    </form>
  )
  const menu = (id: string, label: string, key: string, body: Child) => (
    <details class="menu act" id={`act-${id}`} name="acts" data-key={key || undefined}>
      <summary
        class="button small"
        aria-disabled={!mayAct ? 'true' : undefined}
        title={mayAct ? `${label.replace('…', '')} (${key || '1 2 3'})` : READONLY}
      >
        {label}
      </summary>
      <div class="menu-body">{body}</div>
    </details>
  )
  const fields = (resource: string, body: Child) => (
    <form method="post" action={`${path}/${resource}${query}`} class="stack">
      {body}
    </form>
  )
  return (
    <div class="acts" role="group" aria-label="Actions">
      {ticket.assigneeId === teammate.id
        ? act('claim/undo', 'Give back', 'Shift+I')
        : act('claim', 'Take', 'i', { class: ticket.assigneeId ? '' : 'primary' })}
      {isOver
        ? act('reopening', 'Reopen', 'e', {
            disabled: ticket.status === 'closed',
            title: ticket.status === 'closed' ? 'Closed for good: a new mention opens a new ticket' : undefined,
          })
        : isAnswered
          ? act('solution', 'Solve', 'e')
          : menu(
              'solve',
              'Solve…',
              'e',
              fields(
                'solution',
                <>
                  <label>
                    Nobody answered yet. Why is it solved?
                    <input name="reason" required maxlength={300} disabled={!mayAct} />
                  </label>
                  <button type="submit" class="primary small" disabled={!mayAct}>
                    Solve
                  </button>
                </>,
              ),
            )}
      {isOver ? null : act('pending', 'Pending', 'p', { disabled: ticket.status === 'pending', title: 'We wait for the customer (p)' })}
      {isOver
        ? null
        : menu(
            'hold',
            'Hold…',
            'Shift+H',
            fields(
              'hold',
              <>
                <label>
                  Whom or what does it wait for?
                  <input name="reason" required maxlength={300} disabled={!mayAct} />
                </label>
                <button type="submit" class="primary small" disabled={!mayAct}>
                  Put on hold
                </button>
              </>,
            ),
          )}
      {isOver
        ? null
        : menu(
            'snooze',
            'Snooze…',
            'h',
            ticket.snoozedUntil
              ? fields(
                  'snooze/undo',
                  <button type="submit" class="small" disabled={!mayAct}>
                    Wake it now
                  </button>,
                )
              : fields(
                  'snooze',
                  <>
                    {SNOOZES.map(([value, words]) => (
                      <button type="submit" name="for" value={value} class="link" disabled={!mayAct}>
                        {words}
                      </button>
                    ))}
                    <label>
                      Until
                      <input type="datetime-local" name="until" disabled={!mayAct} />
                    </label>
                    <input type="hidden" name="offset" value="0" data-offset />
                    <button type="submit" name="for" value="custom" class="small" disabled={!mayAct}>
                      Snooze until then
                    </button>
                    <p class="muted">Hides it from the queue; the clock runs on. It wakes when the customer writes.</p>
                  </>,
                ),
          )}
      {menu(
        'assign',
        'Assign…',
        'a',
        fields(
          'assignment',
          <>
            {teammates.map(one => (
              <button type="submit" name="assigneeId" value={one.id} class="link" disabled={!mayAct}>
                {one.name}
                {one.id === ticket.assigneeId ? ' ✓' : ''}
              </button>
            ))}
            <button type="submit" name="assigneeId" value="" class="link" disabled={!mayAct}>
              Nobody
            </button>
          </>,
        ),
      )}
      {menu(
        'priority',
        'Priority…',
        '',
        fields(
          'priority',
          <>
            {(['urgent', 'high', 'normal'] as const).map((one, i) => (
              <button type="submit" name="priority" value={one} class="link" data-key={String(i + 1)} disabled={!mayAct}>
                <span class={`priority ${one}`}>
                  <Icon name={one} />
                  {PRIORITY[one]}
                </span>
                {one === ticket.priority ? ' ✓' : ''}
              </button>
            ))}
          </>,
        ),
      )}
      {menu(
        'link',
        ticket.incidentId ? 'Linked ✓' : 'Link…',
        'y',
        ticket.incidentId ? (
          fields(
            'incident/undo',
            <>
              <label>
                Why is it not part of INC-{ticket.incidentNumber}?<input name="reason" maxlength={300} disabled={!mayAct} />
              </label>
              <button type="submit" class="small" disabled={!mayAct}>
                Unlink
              </button>
            </>,
          )
        ) : incidents.length ? (
          fields(
            'incident',
            incidents.map(one => (
              <button type="submit" name="incidentId" value={one.id} class="link" disabled={!mayAct}>
                Hold & link to INC-{one.number} {one.title}
              </button>
            )),
          )
        ) : (
          <p class="muted">
            No incident is running. <a href="/incidents">Declare one</a>
          </p>
        ),
      )}
      {ticket.isSpam
        ? act('spam/undo', 'Not spam', '!')
        : menu(
            'spam',
            'Spam…',
            '!',
            fields(
              'spam',
              <>
                <label>
                  What makes it spam?
                  <input name="reason" required maxlength={300} disabled={!mayAct} />
                </label>
                <p class="muted">A negative comment is no reason. Nothing is deleted; one click brings it back.</p>
                <button type="submit" class="danger small" disabled={!mayAct}>
                  Mark as spam
                </button>
              </>,
            ),
          )}
    </div>
  )
}

const READONLY = 'Read-only: a rep can do this'
const SNOOZES = [
  ['1h', 'For 1 hour'],
  ['tonight', 'Tonight, 18:00'],
  ['tomorrow', 'Tomorrow, 9:00'],
] as const
