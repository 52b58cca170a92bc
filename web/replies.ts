// What the composer's forms do: send, keep a draft, take back, decide about an unsure one, note.
import type { Context } from 'hono'
import { Hono } from 'hono'
import { listQueue, type TicketView } from '../db/queue-page.ts'
import { readSearch } from '../db/queue-search.ts'
import { findTemplate } from '../db/templates.ts'
import { findTicketHead } from '../db/ticket-page.ts'
import type { TicketRow } from '../db/tickets.ts'
import type { ReplyRole, Visibility } from '../domain.ts'
import { approveReply, checkText } from '../responders/approve.ts'
import { discardDraft, saveDraft } from '../responders/draft.ts'
import { usualStatusAfter } from '../responders/handoff.ts'
import { emptyDraft } from '../responders/pictures.ts'
import { fillTemplate } from '../responders/placeholders.ts'
import { priceAnswer } from '../responders/price.ts'
import { discardReply, resolveUnsure, sendOn } from '../responders/resolve.ts'
import { findBeginningOut } from '../responders/thread.ts'
import { undoReply } from '../responders/undo.ts'
import { noteTicket } from '../triage/tickets.ts'
import { continuesIn, picturesIn, ROLES, writtenIn } from './composer-form.ts'
import type { WebEnv } from './env.ts'
import { idOf } from './ids.ts'
import type { Written } from './parts/composer.tsx'
import { redirectSaying } from './parts/flash.ts'
import { type Place, placeOf, placeQuery, queuePath, ticketPath } from './parts/place.ts'
import { priceSaid } from './parts/price-line.tsx'
import { refused } from './parts/refused.tsx'
import { isCards } from './parts/workspace.tsx'
import { drawTicket } from './ticket.tsx'
import { type Form, noSuchTicket, ticketOf } from './ticket-actions.ts'

export function replyActions() {
  const actions = new Hono<WebEnv>()
  actions.post('/tickets/:number/replies', sendWords)
  actions.post('/tickets/:number/draft', keepWords)
  actions.post('/tickets/:number/draft/discard', async c => {
    const ticket = await ticketOf(c)
    if (!ticket) return noSuchTicket(c)
    await discardDraft(c.get('desk'), ticket.id, c.get('teammate').id)
    return redirectSaying(c, ticketPath(ticket.number, placeOf(c)), 'Draft discarded.')
  })
  actions.post('/tickets/:number/replies/:id/undo', c =>
    decide(c, async () => {
      const undone = await undoReply(c.get('desk'), idOf(c), c.get('teammate').id)
      return undone.ok ? { ok: true, says: 'Taken back: your words are in the composer.' } : undone
    }),
  )
  actions.post('/tickets/:number/replies/:id/discard', c =>
    decide(c, async () => {
      const done = await discardReply(c.get('desk'), idOf(c), c.get('teammate').id)
      return done.ok ? { ok: true, says: 'Put away.' } : done
    }),
  )
  actions.post('/tickets/:number/replies/:id/sending', c =>
    decide(c, async () => {
      const done = await sendOn(c.get('desk'), idOf(c), c.get('teammate').id)
      return done.ok ? { ok: true, says: 'Sending on from there.' } : done
    }),
  )
  actions.post('/tickets/:number/replies/:id/resolution', c =>
    decide(c, async () => {
      const { choice } = (await c.req.parseBody()) as Form
      if (choice !== 'it_is_there' && choice !== 'send_again' && choice !== 'discard')
        return { ok: false, because: 'Choose what you found on the platform.' }
      const done = await resolveUnsure(c.get('desk'), idOf(c), choice, c.get('teammate').id)
      return done.ok ? { ok: true, says: `The reply is ${done.status} now.` } : done
    }),
  )
  return actions
}

async function sendWords(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const teammate = c.get('teammate')
  const ticket = await ticketOf(c)
  if (!ticket) return noSuchTicket(c)
  const form = (await c.req.parseBody()) as Form
  const written = writtenIn(form)
  const on = { ticketId: ticket.id, teammateId: teammate.id }
  const place = placeOf(c)
  if (written.way === 'note') {
    const noted = await noteTicket(desk, { ...on, text: written.text })
    if (!noted.ok) return drawTicket(c, { status: 422, written, stopped: { ok: false, reason: 'note', because: noted.because } })
    await emptyDraft(desk, ticket.id, teammate.id)
    return redirectSaying(c, ticketPath(ticket.number, place), 'Note kept.')
  }
  const revision = Number(form.revision)
  if (!form.idempotencyKey || !Number.isSafeInteger(revision))
    return refused(
      c,
      400,
      'An incomplete form',
      'The form came without its key or its revision, so nothing was sent. Open the ticket again.',
      { href: ticketPath(ticket.number, place), label: `Back to #${ticket.number}` },
    )
  // Without a script the browser names the file and keeps it: nobody must think it went out.
  if (form.pictures)
    return drawTicket(c, {
      status: 422,
      written,
      pictureProblems: [`“${form.pictures}” was chosen and not added, so nothing was sent. Choose it again, add it, then send.`],
    })
  const approval = await approveReply(desk, {
    ...on,
    text: written.text,
    visibility: written.way,
    role: written.role as Exclude<ReplyRole, 'broadcast'>,
    revision,
    idempotencyKey: form.idempotencyKey,
    anyway: form.anyway === '1',
    afterSending: afterSending(form, written),
    posts: written.posts || undefined,
    continuesId: continuesIn(form),
    pointerText: written.pointerText || undefined,
    individuallyBecause: form.individuallyBecause || undefined,
    templateId: form.templateId || undefined,
    pictures: picturesIn(form),
  })
  if (!approval.ok) return drawTicket(c, { status: approval.reason === 'blocked' ? 422 : 409, written, stopped: approval })
  const first = approval.replies[0]
  const until = first?.sendAt?.getTime()
  const seconds = until ? Math.max(0, Math.round((until - desk.now().getTime()) / 1000)) : 0
  return redirectSaying(
    c,
    await afterThis(c, ticket, place),
    seconds ? `#${ticket.number}: sending in ${seconds} s.` : `#${ticket.number}: sending.`,
    first && until && seconds
      ? { undo: { path: `/tickets/${ticket.number}/replies/${first.id}/undo${placeQuery(place)}`, label: 'Undo', until } }
      : {},
  )
}

/** Autosave answers what the guard thinks of the words so far; a template's button puts its words into the draft and shows the page again. */
async function keepWords(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const teammate = c.get('teammate')
  const ticket = await ticketOf(c)
  if (!ticket) return noSuchTicket(c)
  const form = (await c.req.parseBody()) as Form
  const written = writtenIn(form)
  const visibility: Visibility = written.way === 'note' ? ticket.originVisibility : written.way
  const on = { ticketId: ticket.id, teammateId: teammate.id, visibility }
  if (form.template) {
    const [template, head] = await Promise.all([findTemplate(desk.db, form.template), findTicketHead(desk.db, ticket.number)])
    if (!template?.isActive)
      return refused(c, 404, 'No such template', 'That template is gone. Your words are as they were: go back and choose another.', {
        href: ticketPath(ticket.number, placeOf(c)),
        label: `Back to #${ticket.number}`,
      })
    const filled = fillTemplate(template.text, { customer: head, agent: teammate, ticket }).text
    const text = written.text.trim() ? `${written.text.trimEnd()} ${filled}` : filled
    // A note is in no draft: it stays on the page.
    if (written.way === 'note') return drawTicket(c, { status: 200, written: { ...written, text } })
    await saveDraft(desk, {
      ...on,
      text,
      role: roleOf(template.kind),
      pictures: picturesIn(form),
    })
    return c.redirect(`${ticketPath(ticket.number, placeOf(c))}#composer-text`, 303)
  }
  // A note in the making is not a reply's draft: it stays in the browser until it is kept.
  const words = { ...on, text: written.text, role: written.role as ReplyRole, pictures: picturesIn(form), continuesId: continuesIn(form) }
  if (written.way !== 'note') await saveDraft(desk, words)
  const beginning = await findBeginningOut(desk.db, ticket.id, words.continuesId)
  const out = beginning?.after.visibility === written.way ? beginning.out : 0
  const price =
    written.way === 'note' ? null : await priceAnswer(desk, ticket, { ...written, visibility, initials: teammate.initials, out })
  const checked =
    written.text.trim() && written.way !== 'note'
      ? await checkText(desk, ticket, teammate, written.text, visibility, out)
      : { problems: [], warnings: [] }
  return c.json({
    warnings: [...checked.problems.filter(one => one.kind !== 'length'), ...checked.warnings].map(one => one.because),
    price: price && priceSaid(price),
  })
}

async function decide(c: Context<WebEnv>, verb: () => Promise<{ ok: true; says: string } | { ok: false; because: string }>) {
  const ticket = await ticketOf(c)
  if (!ticket) return noSuchTicket(c)
  const back = ticketPath(ticket.number, placeOf(c))
  const reply = await c
    .get('desk')
    .db.selectFrom('replies')
    .select('id')
    .where('id', '=', idOf(c))
    .where('ticketId', '=', ticket.id)
    .executeTakeFirst()
  const done = reply ? await verb() : { ok: false as const, because: 'There is no such reply on this ticket.' }
  return done.ok
    ? redirectSaying(c, back, done.says)
    : refused(c, 409, 'Not done', done.because, { href: back, label: `Back to #${ticket.number}` })
}

/** Where a rep goes on: the row after this one, as the list stood; with none left, the ticket itself. */
async function afterThis(c: Context<WebEnv>, ticket: TicketRow, place: Place): Promise<string> {
  if (isCards(place.view)) return queuePath(place)
  const { db, now } = c.get('desk')
  const rows = await listQueue(db, {
    view: place.view as TicketView,
    teammateId: c.get('teammate').id,
    now: now(),
    limit: 50,
    search: readSearch(place.q),
  })
  const at = rows.findIndex(row => row.id === ticket.id)
  const next = rows[at + 1] ?? rows.find(row => row.id !== ticket.id)
  return ticketPath(next?.number ?? ticket.number, place)
}

function afterSending(form: Form, written: Written) {
  if (form.then === 'solved' || form.then === 'pending' || form.then === 'open') return form.then
  return usualStatusAfter(written.role as ReplyRole, written.text)
}

/** A template knows what it counts as. */
function roleOf(kind: string): ReplyRole {
  return ROLES.find(role => role === kind) ?? 'answer'
}
