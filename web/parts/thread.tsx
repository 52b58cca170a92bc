// One thread in time order: what they said, what we said and what became of it, notes, and the events between, folded.
import type { Child } from 'hono/jsx'
import type { ParentAbove } from '../../db/parents.ts'
import type { ReplyPicture } from '../../db/reply-pictures.ts'
import type { ThreadEvent, ThreadMention, ThreadNote, ThreadReply } from '../../db/ticket-page.ts'
import type { GestureState } from '../../responders/gestures.ts'
import type { SignedIn } from '../env.ts'
import { Attachments, hasWords } from './attachments.tsx'
import { GestureBar, gestureWords, isHidden } from './gestures.tsx'
import { Icon } from './icon.tsx'
import { Lit } from './lit.tsx'
import { ParentBubble } from './parent-bubble.tsx'
import { ReplyPictures } from './reply-pictures.tsx'
import { Time } from './time.tsx'
import { CATEGORY, languageName, PRIORITY, plural, STATUS } from './words.ts'

export interface ThreadParts {
  mentions: ThreadMention[]
  replies: ThreadReply[]
  /** Of the replies. */
  pictures: readonly ReplyPicture[]
  notes: ThreadNote[]
  events: ThreadEvent[]
  /** What the mentions answer, where that was said elsewhere. */
  above: ParentAbove[]
}

interface ThreadProps {
  parts: ThreadParts
  now: Date
  teammate: SignedIn
  label: string
  /** `/tickets/1042`, and the query of the place. */
  path: string
  query: string
  /** What arrived since the words in the composer were begun. */
  newSince?: ReadonlySet<string>
  /** By mention: what may be done to it beside answering it. */
  gestures: ReadonlyMap<string, GestureState[]>
  /** What leads to the platform. */
  out: (url: string | null) => string | null
}

export function Thread({ parts, now, teammate, label, path, query, newSince, gestures, out }: ThreadProps) {
  const newest = parts.mentions.findLast(one => gestures.has(one.id))?.id
  return (
    <ol class="thread" id="thread" aria-label="Thread">
      {inOrder(parts).map(item => {
        if (Array.isArray(item))
          return (
            <li class="events">
              <Events events={item} now={now} />
            </li>
          )
        if ('childId' in item)
          return (
            <li>
              <ParentBubble parent={{ ...item, url: out(item.url) }} now={now} label={label} />
            </li>
          )
        if ('postedAt' in item)
          return (
            <li>
              <MentionBubble
                mention={{ ...item, url: out(item.url) }}
                now={now}
                label={label}
                isNew={newSince?.has(item.id) ?? false}
                isHidden={isHidden(gestures.get(item.id) ?? [])}
              >
                <GestureBar
                  mentionId={item.id}
                  visibility={item.visibility}
                  gestures={gestures.get(item.id) ?? []}
                  teammate={teammate}
                  label={label}
                  path={path}
                  query={query}
                  isNewest={item.id === newest}
                />
              </MentionBubble>
            </li>
          )
        if ('status' in item)
          return (
            <li>
              <ReplyBubble
                reply={{ ...item, url: out(item.url) }}
                now={now}
                teammate={teammate}
                label={label}
                path={path}
                query={query}
                pictures={parts.pictures.filter(one => one.replyId === item.id)}
                isNew={newSince?.has(item.id) ?? false}
              />
            </li>
          )
        return (
          <li>
            <NoteBubble note={item} now={now} />
          </li>
        )
      })}
    </ol>
  )
}

type Item = ThreadMention | ParentAbove | ThreadReply | ThreadNote | ThreadEvent[]

/** By time, with what a mention answers right above it; neighbouring events become one fold. An echo of our own reply is shown once, as the reply. */
export function inOrder({ mentions, replies, notes, events, above }: ThreadParts): Item[] {
  const echoes = new Set(replies.map(reply => reply.id))
  const dated: [Date, Exclude<Item, ThreadEvent[]> | ThreadEvent][] = [
    ...mentions.flatMap(child => above.filter(one => one.childId === child.id).map(one => [child.postedAt, one] as [Date, ParentAbove])),
    ...mentions
      .filter(mention => !mention.replyId || !echoes.has(mention.replyId))
      .map(one => [one.postedAt, one] as [Date, ThreadMention]),
    ...inTheirOrder(replies),
    ...notes.map(one => [one.createdAt, one] as [Date, ThreadNote]),
    ...events.map(one => [one.at, one] as [Date, ThreadEvent]),
  ]
  dated.sort((a, b) => a[0].getTime() - b[0].getTime())
  const items: Item[] = []
  for (const [, one] of dated) {
    const last = items.at(-1)
    if (!('kind' in one)) items.push(one)
    else if (Array.isArray(last)) last.push(one)
    else items.push([one])
  }
  return items
}

/** A part of a thread never stands before the one it follows, whenever it was last touched. */
function inTheirOrder(replies: readonly ThreadReply[]): [Date, ThreadReply][] {
  const dates = new Map<string, Date>()
  for (const { id, sentAt, updatedAt, continuesId } of replies) {
    const own = sentAt ?? updatedAt
    const before = continuesId ? dates.get(continuesId) : undefined
    dates.set(id, before && before > own ? before : own)
  }
  return replies.map(one => [dates.get(one.id)!, one])
}

interface MentionBubbleProps {
  mention: ThreadMention
  now: Date
  label: string
  isNew: boolean
  /** Over there, from others. */
  isHidden: boolean
  /** What may be done to it. */
  children: Child
}

function MentionBubble({ mention, now, label, isNew, isHidden, children }: MentionBubbleProps) {
  const isOurs = mention.direction === 'outbound'
  return (
    <article
      class={`bubble ${isOurs ? 'ours' : 'theirs'}${mention.visibility === 'private' ? ' private' : ''}${isNew ? ' is-new' : ''}${isHidden ? ' is-hidden' : ''}`}
    >
      <header>
        <strong>{mention.by}</strong>
        <Channel visibility={mention.visibility} label={label} />
        <Time at={mention.postedAt} now={now} />
        {isNew ? <span class="chip accent">new</span> : null}
        {mention.language && mention.language !== 'en' ? <span class="muted">{languageName(mention.language)}</span> : null}
        {mention.verdict && !isOurs && !mention.removedAt ? (
          <span class={`sentiment ${mention.verdict.sentimentLabel}`}>{mention.verdict.sentimentLabel}</span>
        ) : null}
        {mention.editedAt ? (
          <span class="muted">
            edited <Time at={mention.editedAt} now={now} />
          </span>
        ) : null}
        {mention.reposts ? (
          <span class="muted">reposted {mention.reposts === 1 ? 'once' : `${mention.reposts.toLocaleString('en')} times`}</span>
        ) : null}
        {mention.url && !mention.removedAt ? (
          <a class="out" href={mention.url} target="_blank" rel="noopener noreferrer" title={`Open on ${label}`}>
            ↗<span class="visually-hidden">Open on {label}</span>
          </a>
        ) : null}
      </header>
      {mention.removedAt ? (
        <p class="muted">
          <em>Deleted by the customer.</em>
        </p>
      ) : mention.unreadableBecause ? (
        <p class="muted">
          <Icon name="lock" /> {mention.unreadableBecause}
        </p>
      ) : (
        <>
          {hasWords(mention.text, mention.attachments) ? (
            <p class="said" lang={mention.language ?? undefined} dir="auto">
              <Lit text={mention.text} reasons={isOurs ? [] : (mention.verdict?.reasons ?? [])} />
            </p>
          ) : null}
          <Attachments mentionId={mention.id} attachments={mention.attachments} url={mention.url} label={label} />
        </>
      )}
      {children}
    </article>
  )
}

function ReplyBubble({
  reply,
  now,
  teammate,
  label,
  path,
  query,
  pictures,
  isNew,
}: {
  reply: ThreadReply
  pictures: readonly ReplyPicture[]
  now: Date
  teammate: SignedIn
  label: string
  path: string
  query: string
  isNew: boolean
}) {
  const at = reply.sentAt ?? reply.updatedAt
  return (
    <article
      class={`bubble ours ${reply.status}${reply.visibility === 'private' ? ' private' : ''}${isNew ? ' is-new' : ''}`}
      data-reply={reply.id}
    >
      <header>
        <strong>{reply.by}</strong>
        <Channel visibility={reply.visibility} label={label} />
        <Time at={at} now={now} />
        {reply.role !== 'answer' ? <span class="muted">{reply.role}</span> : null}
        <Delivery reply={reply} now={now} label={label} />
      </header>
      {reply.text ? (
        <p class="said" dir="auto">
          {reply.text}
        </p>
      ) : null}
      <ReplyPictures pictures={pictures} />
      <DeliveryChoices
        reply={reply}
        isMine={reply.writtenById === teammate.id}
        mayAct={teammate.role !== 'readonly'}
        path={`${path}/replies/${reply.id}`}
        query={query}
        label={label}
      />
    </article>
  )
}

function Delivery({ reply, now, label }: { reply: ThreadReply; now: Date; label: string }) {
  switch (reply.status) {
    case 'approved':
      return (
        <span class="chip accent">
          <Icon name="clock" />
          {reply.isBehind ? (
            'follows'
          ) : reply.sendAt && reply.sendAt > now ? (
            <>
              sending in{' '}
              <span data-seconds-until={reply.sendAt.getTime()}>{Math.ceil((reply.sendAt.getTime() - now.getTime()) / 1000)}</span> s
            </>
          ) : (
            'sending'
          )}
        </span>
      )
    case 'sending':
      return (
        <span class="chip accent">
          <Icon name="clock" />
          sending
        </span>
      )
    case 'sent':
      return reply.url ? (
        <a class="chip good" href={reply.url} target="_blank" rel="noopener noreferrer">
          <Icon name="check" />
          sent ↗<span class="visually-hidden"> open on {label}</span>
        </a>
      ) : (
        <span class="chip good">
          <Icon name="check" />
          sent
        </span>
      )
    case 'refused':
      return (
        <span class="chip bad" role="alert">
          <Icon name="warning" />
          failed
        </span>
      )
    case 'unsure':
      return (
        <span class="chip warn" role="alert">
          <Icon name="warning" />
          unsure
        </span>
      )
    default:
      return null
  }
}

function DeliveryChoices({
  reply,
  isMine,
  mayAct,
  path,
  query,
  label,
}: {
  reply: ThreadReply
  isMine: boolean
  mayAct: boolean
  path: string
  query: string
  label: string
}): Child {
  const barred = mayAct ? {} : { disabled: true, title: 'Read-only: a rep can do this' }
  if (reply.status === 'approved')
    return isMine && !reply.isBehind ? (
      <form method="post" action={`${path}/undo${query}`}>
        <button type="submit" class="small" data-undo>
          Undo
        </button>
      </form>
    ) : null
  if (reply.status === 'refused' && reply.isBehind)
    return (
      <div class="choices">
        <p class="muted">{reply.problem}</p>
      </div>
    )
  if (reply.status === 'refused')
    return (
      <div class="choices">
        <p class="problem">{reply.problem ?? `${label} refused it.`} It was not sent.</p>
        <div class="row">
          <form method="post" action={`${path}/undo${query}`}>
            <button type="submit" class="small" {...barred}>
              Edit and send again
            </button>
          </form>
          {reply.continuesId ? (
            <form method="post" action={`${path}/sending${query}`}>
              <button type="submit" class="small" title="As it is, with the parts behind it, below what is out" {...barred}>
                Send on from here
              </button>
            </form>
          ) : null}
          <form method="post" action={`${path}/discard${query}`}>
            <button type="submit" class="small quiet" {...barred}>
              Put it away
            </button>
          </form>
        </div>
      </div>
    )
  if (reply.status === 'unsure')
    return (
      <div class="choices">
        <p class="advice">
          {reply.problem ?? 'The connection broke before an answer came.'} It may have arrived: look on {label} before you choose. Nothing
          is sent twice by itself.
        </p>
        <form method="post" action={`${path}/resolution${query}`} class="row">
          <button type="submit" name="choice" value="it_is_there" class="small" {...barred}>
            It arrived
          </button>
          <button type="submit" name="choice" value="send_again" class="small" {...barred}>
            It did not: send again
          </button>
          <button type="submit" name="choice" value="discard" class="small" {...barred}>
            It did not: discard
          </button>
        </form>
      </div>
    )
  return null
}

function NoteBubble({ note, now }: { note: ThreadNote; now: Date }) {
  return (
    <article class="bubble note">
      <header>
        <Icon name="note" />
        <strong>Internal</strong>
        <span>{note.by}</span>
        <Time at={note.createdAt} now={now} />
      </header>
      <p class="said" dir="auto">
        {note.text}
      </p>
    </article>
  )
}

function Channel({ visibility, label }: { visibility: 'public' | 'private'; label: string }) {
  return (
    <span class="channel">
      {visibility === 'private' ? (
        <>
          <Icon name="lock" />
          private
        </>
      ) : (
        'public'
      )}
      <span class="visually-hidden"> on {label}</span>
    </span>
  )
}

function Events({ events, now }: { events: ThreadEvent[]; now: Date }) {
  if (events.length === 1)
    return (
      <p>
        <EventLine event={events[0]!} now={now} />
      </p>
    )
  return (
    <details>
      <summary>
        {plural(events.length, 'event')}: {eventWords(events.at(-1)!)}
      </summary>
      <ul>
        {events.map(event => (
          <li>
            <EventLine event={event} now={now} />
          </li>
        ))}
      </ul>
    </details>
  )
}

const EventLine = ({ event, now }: { event: ThreadEvent; now: Date }) => (
  <>
    <span>{eventWords(event)}</span> · {event.by ?? event.actor} · <Time at={event.at} now={now} />
  </>
)

function eventWords(event: ThreadEvent): string {
  const before = (event.before ?? {}) as Record<string, unknown>
  const after = (event.after ?? {}) as Record<string, unknown>
  const because = typeof after.reason === 'string' ? `: ${after.reason}` : typeof after.because === 'string' ? `: ${after.because}` : ''
  switch (event.kind) {
    case 'opened':
      return 'Ticket opened'
    case 'assigned':
      return after.assignee ? `Assigned to ${after.assignee}` : 'Assigned'
    case 'unassigned':
      return 'Given back to Unassigned'
    case 'status_changed':
      return `${STATUS[before.status as keyof typeof STATUS] ?? ''} → ${STATUS[after.status as keyof typeof STATUS] ?? ''}${typeof after.holdReason === 'string' ? `: ${after.holdReason}` : ''}`
    case 'reopened':
      return 'Reopened'
    case 'solved':
      return `Solved${because}`
    case 'closed':
      return 'Closed'
    case 'priority_changed':
      return `Priority ${PRIORITY[before.priority as keyof typeof PRIORITY] ?? ''} → ${PRIORITY[after.priority as keyof typeof PRIORITY] ?? ''}${because}`
    case 'category_changed':
      if (before.category === after.category) return `Triage confirmed: ${CATEGORY[after.category as keyof typeof CATEGORY] ?? ''}`
      return `Triage corrected: ${CATEGORY[before.category as keyof typeof CATEGORY] ?? ''} → ${CATEGORY[after.category as keyof typeof CATEGORY] ?? ''}`
    case 'snoozed':
      return 'Snoozed'
    case 'woken':
      return 'Woken'
    case 'reply_undone':
      return 'Reply taken back'
    case 'reply_held':
      return 'Reply held: the customer wrote meanwhile'
    case 'linked':
      return `Linked to INC-${after.incidentNumber ?? '?'}`
    case 'unlinked':
      return `Unlinked from the incident${because}`
    case 'marked_spam':
      return after.isSpam ? `Marked as spam${because}` : 'No longer spam'
    case 'gesture_wished':
    case 'gesture_refused':
      return `${gestureWords(event.kind, after)}${because}`
    default:
      return event.kind.replaceAll('_', ' ')
  }
}
