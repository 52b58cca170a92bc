// One row of the queue: what is next, who waits how long, and why it stands here.
import { NOTHING_SAID } from '../../connectors/wordless.ts'
import type { QueueRow } from '../../db/queue-page.ts'
import { isPromoted } from '../../triage/queue-order.ts'
import { attachedWords } from './attachments.tsx'
import { Icon } from './icon.tsx'
import { type Place, ticketPath } from './place.ts'
import { PlatformIcon } from './platform.tsx'
import { absolute, Time, timeLeft, waited } from './time.tsx'
import { PRIORITY } from './words.ts'

export interface Watcher {
  ticketId: string
  name: string
  isTyping: boolean
}

export function QueueRowItem({
  row,
  place,
  now,
  watchers,
  isCurrent,
  label,
}: {
  row: QueueRow
  place: Place
  now: Date
  watchers: Watcher[]
  isCurrent: boolean
  label: string
}) {
  return (
    <li>
      <a
        class="queue-row"
        href={ticketPath(row.number, place)}
        data-number={row.number}
        aria-current={isCurrent ? 'true' : undefined}
        aria-describedby={`why-${row.number}`}
      >
        <span class={`priority ${row.priority}`}>
          <Icon name={row.priority} />
          {PRIORITY[row.priority]}
        </span>
        <PlatformIcon platform={row.platform} label={label} />
        <span class="customer-name">
          <strong>{row.name || row.handle}</strong>
          {row.handle && row.name ? <span class="muted"> @{row.handle}</span> : null}
        </span>
        <Left row={row} now={now} />
        <span class="snippet" lang={row.language ?? undefined} dir="auto">
          {row.isRemoved ? <em>deleted by the customer</em> : row.text === NOTHING_SAID ? <em>no words</em> : row.text.replace(ADDRESS, '')}
        </span>
        {row.raisedBy && row.raisedBy !== NOTHING_SAID ? (
          <span class="raised-by" dir="auto">
            {PRIORITY[row.priority]} by “{row.raisedBy.replace(ADDRESS, '')}”
          </span>
        ) : null}
        <span class="chips">
          <Chips row={row} now={now} watchers={watchers} />
          <span class="place-reason" id={`why-${row.number}`}>
            {placeReason(row, now)}
          </span>
        </span>
      </a>
    </li>
  )
}

function Chips({ row, now, watchers }: { row: QueueRow; now: Date; watchers: Watcher[] }) {
  return (
    <>
      {watchers.map(one => (
        <span class="chip accent" title={`${one.name} is ${one.isTyping ? 'typing' : 'looking at it'}`}>
          <Icon name={one.isTyping ? 'pencil' : 'eye'} />
          {one.name.split(' ')[0]}
        </span>
      ))}
      {row.hasFailedReply ? <span class="chip bad">Reply failed</span> : null}
      {isPromoted(row, now) ? <span class="chip warn">promoted: overdue</span> : null}
      {row.incidentNumber ? <span class="chip">INC-{row.incidentNumber}</span> : null}
      {row.visibility === 'private' ? (
        <span class="chip">
          <Icon name="lock" />
          Private
        </span>
      ) : null}
      {row.attached.length ? (
        <span class="chip">
          <Icon name="picture" />
          {attachedWords(row.attached)}
        </span>
      ) : null}
      {row.needsReview ? (
        <span class="chip" title="Triage was not sure: look at it">
          unsure
        </span>
      ) : null}
      {row.assigneeInitials ? (
        <span class="chip" title={`Assigned to ${row.assignee}`}>
          {row.assigneeInitials}
        </span>
      ) : null}
    </>
  )
}

/** That they speak to us goes without saying; what they say does not. */
const ADDRESS = /^(?:@\w{1,30}[,:]?\s+)+/

/** The running target where one runs, else what this row is waiting for. */
function Left({ row, now }: { row: QueueRow; now: Date }) {
  if (row.snoozedUntil)
    return (
      <span class="left">
        wakes <Time at={row.snoozedUntil} now={now} />
      </span>
    )
  if (row.solvedAt)
    return (
      <span class="left">
        <Time at={row.solvedAt} now={now} />
      </span>
    )
  if (!row.responseDueAt)
    return (
      <span class="left muted">
        {row.waitingSince ? (
          <>
            waited{' '}
            <time datetime={row.waitingSince.toISOString()} title={absolute(row.waitingSince)}>
              {waited(row.waitingSince, now)}
            </time>
          </>
        ) : (
          'answered'
        )}
      </span>
    )
  const isLate = row.responseDueAt < now
  return (
    <span class={isLate ? 'left late' : 'left'}>
      <span class="visually-hidden">{isLate ? 'overdue by' : 'due in'} </span>
      <Time at={row.responseDueAt} now={now} countdown />
    </span>
  )
}

/** Why it stands where it stands, in the words of the rule. */
export function placeReason(
  row: Pick<QueueRow, 'priority' | 'responseDueAt' | 'waitingSince' | 'holdReason' | 'status'>,
  now: Date,
): string {
  if (row.status === 'on_hold') return row.holdReason ?? 'on hold'
  if (!row.responseDueAt) return row.waitingSince ? `${PRIORITY[row.priority]}, no running target` : 'nobody waits for an answer'
  const left = timeLeft(row.responseDueAt, now)
  const since = row.waitingSince ? `, waited ${waited(row.waitingSince, now)}` : ''
  if (isPromoted(row, now)) return `stands with high: overdue ${left.replace('-', '')}${since}`
  return row.responseDueAt < now
    ? `${PRIORITY[row.priority].toLowerCase()}, overdue ${left.replace('-', '')}${since}`
    : `${PRIORITY[row.priority].toLowerCase()}, ${left} left${since}`
}
