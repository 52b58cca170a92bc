// approveReply: a teammate presses Send. What must stop it stops it here; else the words wait out their undo delay in the outbox.
import { v7 as newId } from 'uuid'
import { getAccount } from '../db/accounts.ts'
import type { IncidentRow } from '../db/incidents.ts'
import { findDraft, insertReply, listRepliesOfKey, pointerKey, type ReplyRow, removeDraft, updateReply } from '../db/replies.ts'
import type { ReplyPicture } from '../db/reply-pictures.ts'
import type { Db } from '../db/schema.ts'
import { findSetting } from '../db/settings.ts'
import { getTeammate, type TeammateRow } from '../db/teammates.ts'
import { findOthersChange, type Happening, listOnTheWay, listOthersSince, listSaid } from '../db/thread.ts'
import { appendTicketEvents } from '../db/ticket-events.ts'
import { lockTicket, type TicketRow, updateTicket } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Id, ReplyRole, Visibility } from '../domain.ts'
import { heardOf } from '../triage/answered.ts'
import { nextStatus } from '../triage/status.ts'
import { ringAfterCommit } from './bell.ts'
import { keepDraft, type PictureWords } from './draft.ts'
import { type Finding, guard } from './guard.ts'
import { type Part, partsOf } from './handoff.ts'
import { askPermission, type MayAnswer } from './permission.ts'
import { putPicturesInOutbox } from './picture-replies.ts'
import { picturesToSend, problemsOfPictures } from './pictures.ts'
import { findPlaceholders } from './placeholders.ts'
import { sign } from './signature.ts'
import type { Piece } from './split.ts'
import { teachSuggestion } from './suggestion.ts'
import { type Cutting, findBeginningOut, insertFollowing, ONLY_ONE, splitAnswer, whyTooLong } from './thread.ts'

export interface ApproveRequest {
  ticketId: Id
  teammateId: Id
  text: string
  visibility: Visibility
  role: Exclude<ReplyRole, 'broadcast'>
  /** The ticket's revision the page was drawn with. */
  revision: number
  /** Made with the form, new for each form drawn: a double click or a retry is the same reply. */
  idempotencyKey: string
  /** "Send anyway", after the other texts were seen. */
  anyway?: boolean
  afterSending: 'open' | 'pending' | 'solved'
  /** With `visibility: 'private'`: the public pointer that goes out after it. */
  pointerText?: string | undefined
  /** The ticket is linked to an incident: why it is answered alone all the same. */
  individuallyBecause?: string | undefined
  templateId?: Id | undefined
  /** The pictures the form showed, each as it was described there. */
  pictures?: readonly PictureWords[] | undefined
  /** The rep saw how the text is cut into so many posts, and chose to send it so. */
  posts?: number | undefined
  /** It is the rest of a thread whose beginning is out: the part it goes on after. Left out: as the draft says. */
  continuesId?: Id | null | undefined
}

/** What stops a send. */
export interface Problem {
  kind: 'empty' | 'length' | 'placeholder' | 'guard' | 'permission' | 'role' | 'account' | 'closed' | 'taken_back' | 'picture'
  /** The form's field it is about. */
  field: 'text' | 'pointerText' | 'pictures'
  /** What is wrong and what to do, in a rep's words. */
  because: string
  /** UTF-16 offsets into that field. */
  span: [number, number] | null
}

export type Approval =
  | { ok: true; replies: ReplyRow[] }
  /** Somebody else said something since: `since` holds their words, `text` ours. The draft is kept. */
  | { ok: false; reason: 'stale'; revision: number; text: string; since: Happening[] }
  | { ok: false; reason: 'blocked'; problems: Problem[] }
  /** Linked to an incident that one public update answers: link and hold it, or say why this one is answered alone. */
  | { ok: false; reason: 'held'; incident: IncidentRow }

export async function approveReply(desk: Desk, request: ApproveRequest): Promise<Approval> {
  const approval = await desk.db.transaction().execute(tx => approveIn(desk, tx, request))
  if (approval.ok) {
    for (const reply of approval.replies) if (reply.status === 'approved' && reply.sendAt) await ringFor(desk, reply.id, reply.sendAt)
    desk.live.tell({ topic: 'ticket', id: request.ticketId })
    desk.live.tell({ topic: 'queue' })
  }
  return approval
}

export const ringFor = (desk: Desk, replyId: Id, at: Date) => ringAfterCommit(desk, { name: 'sendReply', replyId, at })

/** What a draft would be stopped by and what it should be looked at for, for the composer as one types. */
export async function checkText(
  desk: Desk,
  ticket: TicketRow,
  teammate: Pick<TeammateRow, 'initials'>,
  text: string,
  visibility: Visibility,
  out = 0,
) {
  const guarded = guard({ text, visibility, allowed: await readAllowed(desk.db), category: ticket.category })
  const part = { field: 'text' as const, text, visibility }
  const { problems } = problemsOfText(desk, ticket, teammate.initials, part, guarded.blocks, { out })
  return { problems, warnings: guarded.warnings }
}

/** The brand's own addresses and numbers, which may be said in public: setting `publicContacts`. */
export async function readAllowed(db: Db): Promise<string[]> {
  const stored = await findSetting(db, 'publicContacts')
  return Array.isArray(stored) ? stored.filter(one => typeof one === 'string') : []
}

async function approveIn(desk: Desk, tx: Db, request: ApproveRequest): Promise<Approval> {
  const ticket = await lockTicket(tx, request.ticketId)
  const before = await listRepliesOfKey(tx, request.idempotencyKey)
  if (before.length) return sameAgain(before, request)

  const teammate = await getTeammate(tx, request.teammateId)
  const pictures = await picturesToSend(tx, request)
  const beginning = await findBeginning(tx, request)
  const { problems, parts } = await weigh(desk, tx, ticket, teammate, partsOf(request), pictures, {
    posts: request.posts,
    out: beginning?.out ?? 0,
  })
  if (beginning?.isFollowed) problems.push(problem('taken_back', 'text', SENT_ON))
  const refusal =
    (request.anyway ? null : await findStale(tx, ticket, request)) ?? blockedBy(problems) ?? (await findHeldBack(tx, ticket, request))
  if (!refusal) return { ok: true, replies: await putInOutbox(desk, tx, ticket, teammate, request, parts, beginning?.after) }
  // Whatever stops a send, the words are not lost.
  if (teammate.role !== 'readonly') await keepDraft(tx, request, desk.now())
  return refusal
}

/** A double click or a retried request: the same reply, whatever became of it since. Taken back means taken back. */
function sameAgain(replies: ReplyRow[], request: ApproveRequest): Approval {
  const isOurs = replies.every(reply => reply.ticketId === request.ticketId && reply.writtenById === request.teammateId)
  if (isOurs && replies.some(reply => reply.status !== 'draft' && reply.status !== 'discarded')) return { ok: true, replies }
  return blockedBy([
    problem('taken_back', 'text', 'This form was sent before and taken back. Your words are in the composer: send them from there.'),
  ])!
}

/** `pieces`: what is sent, one or a thread. */
type PermittedPart = Part & { permission: MayAnswer; pictures: readonly ReplyPicture[]; pieces: readonly Piece[] }
/** The rest of a thread goes on below its beginning, unless the rep takes another way with it. */
async function findBeginning(tx: Db, { ticketId, teammateId, visibility, continuesId }: ApproveRequest) {
  const after = continuesId === undefined ? (await findDraft(tx, ticketId, teammateId))?.continuesId : continuesId
  const beginning = await findBeginningOut(tx, ticketId, after)
  return beginning?.after.visibility === visibility ? beginning : null
}

async function weigh(
  desk: Desk,
  tx: Db,
  ticket: TicketRow,
  teammate: TeammateRow,
  given: Part[],
  pictures: readonly ReplyPicture[] | null,
  cutting: Cutting,
): Promise<{ problems: Problem[]; parts: PermittedPart[] }> {
  const problems: Problem[] = []
  if (teammate.role === 'readonly' || !teammate.isActive)
    problems.push(problem('role', 'text', 'Your role may read only. Ask an admin to let you answer.'))
  if (ticket.status === 'closed')
    problems.push(problem('closed', 'text', 'This ticket is closed. A new mention of the customer opens a new one.'))
  const account = await getAccount(tx, ticket.accountId)
  if (account.status === 'off') problems.push(problem('account', 'text', `${account.name} is switched off. Ask an admin to switch it on.`))
  if (!pictures)
    problems.push(
      problem('picture', 'pictures', 'Your draft has other pictures than this form showed. They are below now: look, then send.'),
    )
  const allowed = await readAllowed(tx)
  const parts: PermittedPart[] = []
  for (const part of given) {
    const { blocks } = guard({ text: part.text, visibility: part.visibility, allowed })
    const cut = problemsOfText(desk, ticket, teammate.initials, part, blocks, part.field === 'text' ? cutting : null)
    const permission = await askPermission(desk, tx, ticket, part.visibility, part.text)
    problems.push(...cut.problems)
    if (!permission.allowed) problems.push(problem('permission', part.field, permission.because))
    else if (permission.isOnlyOne && cut.pieces.length > 1) problems.push(problem('length', part.field, ONLY_ONE))
    const own = picturesOf(part, given, pictures ?? [])
    problems.push(...problemsOfOwnPictures(desk, ticket, part, own, pictures ?? [], permission))
    parts.push({ ...part, permission, pictures: own, pieces: cut.pieces })
  }
  return { problems, parts }
}

function problemsOfText(
  desk: Desk,
  ticket: TicketRow,
  initials: string,
  part: Pick<Part, 'field' | 'text' | 'visibility'>,
  secrets: readonly Finding[],
  cutting: Cutting | null,
): { problems: Problem[]; pieces: Piece[] } {
  const { field, text, visibility } = part
  const rule = desk.connectorFor(ticket.platform).limits[visibility]
  const signed = sign(text, initials)
  const cut = splitAnswer(text, rule, initials, cutting?.out)
  const tooLong = whyTooLong(rule, rule.count(signed), cut, cutting)
  const problems = [
    ...(signed === '' ? [problem('empty', field, 'There is nothing to send yet.')] : []),
    ...(tooLong ? [problem('length', field, tooLong)] : []),
    ...findPlaceholders(text).map(open =>
      problem('placeholder', field, `${text.slice(...open.span)} is still open: put in what is meant.`, open.span),
    ),
    ...secrets.map(found =>
      problem('guard', field, `${found.because} It must not be said in public: take it out, or write privately.`, found.span),
    ),
  ]
  return { problems, pieces: cut.ok ? cut.pieces : [] }
}

/** In a move to DM each picture goes with the half the rep chose, and with the private one by itself; else with the answer's beginning. */
function picturesOf(part: Part, parts: readonly Part[], pictures: readonly ReplyPicture[]): ReplyPicture[] {
  const pointer = parts.find(one => one.field === 'pointerText')
  return pictures.filter(one => part === (one.forPointer && pointer ? pointer : parts[0]))
}

function problemsOfOwnPictures(
  desk: Desk,
  ticket: TicketRow,
  { visibility }: Part,
  pictures: readonly ReplyPicture[],
  all: readonly ReplyPicture[],
  { mention }: MayAnswer,
): Problem[] {
  const connector = desk.connectorFor(ticket.platform)
  const rule = connector.limits.pictures[visibility]
  const isOneMessage = visibility === 'private' && mention?.visibility === 'public'
  const cannotFollow = pictures.length > 0 && rule.most > 0 && 'isApart' in rule && isOneMessage
  return [
    ...problemsOfPictures(connector, visibility, pictures, all),
    ...(cannotFollow
      ? [`${connector.label} takes one private message to a comment: words or a picture. Send the words; the picture once they answered.`]
      : []),
  ].map(because => problem('picture', 'pictures', because))
}

/** Ruling 10, the traffic cop. Our own answers make a ticket no staler for ourselves; a colleague's that is still on its way does. */
async function findStale(tx: Db, ticket: TicketRow, request: ApproveRequest): Promise<Extract<Approval, { reason: 'stale' }> | null> {
  const onTheWay = await listOnTheWay(tx, ticket, request.teammateId)
  const changes = ticket.revision - request.revision
  const since = changes === 0 ? null : await findOthersChange(tx, ticket.id, request.teammateId, changes)
  if (!since && !onTheWay.length) return null
  const happened = since ? await listOthersSince(tx, ticket.id, request.teammateId, since) : []
  return { ok: false, reason: 'stale', revision: ticket.revision, text: request.text, since: [...happened, ...onTheWay] }
}

async function findHeldBack(tx: Db, ticket: TicketRow, request: ApproveRequest): Promise<Extract<Approval, { reason: 'held' }> | null> {
  if (!ticket.incidentId || request.individuallyBecause?.trim()) return null
  const incident = await tx
    .selectFrom('incidents')
    .selectAll()
    .where('id', '=', ticket.incidentId)
    .where('resolvedAt', 'is', null)
    .executeTakeFirst()
  return incident ? { ok: false, reason: 'held', incident } : null
}

async function putInOutbox(
  desk: Desk,
  tx: Db,
  ticket: TicketRow,
  teammate: TeammateRow,
  request: ApproveRequest,
  parts: PermittedPart[],
  goesOnAfter: ReplyRow | undefined,
): Promise<ReplyRow[]> {
  const now = desk.now()
  const sendAt = new Date(now.getTime() + teammate.undoSeconds * 1000)
  const replies: ReplyRow[] = []
  const following: ReplyRow[] = []
  for (const [n, part] of parts.entries()) {
    const { mention } = part.permission
    const [piece, ...more] = part.pieces
    replies.push(
      await insertReply(tx, {
        id: newId(),
        idempotencyKey: n === 0 ? request.idempotencyKey : pointerKey(request.idempotencyKey),
        accountId: ticket.accountId,
        ticketId: ticket.id,
        answersId: mention!.id,
        pairedWithId: replies[0]?.id ?? null,
        continuesId: n === 0 ? (goesOnAfter?.id ?? null) : null,
        joint: piece!.joint,
        text: piece!.text,
        visibility: part.visibility,
        isPrivateReply: part.visibility === 'private' && mention!.visibility === 'public',
        role: part.role,
        status: 'approved',
        writtenById: teammate.id,
        ticketRevision: ticket.revision,
        afterSending: more.length ? null : part.afterSending,
        sendAt,
        createdAt: now,
      }),
    )
    following.push(...(await insertFollowing(tx, replies[n]!, more, part.afterSending)))
  }
  const rules = desk.connectorFor(ticket.platform).limits.pictures
  for (const [n, part] of parts.entries()) {
    const rule = rules[part.visibility]
    // As messages of their own they come behind all the words.
    const words = n === 0 && 'isApart' in rule ? (following.at(-1) ?? replies[n]!) : replies[n]!
    await putPicturesInOutbox(tx, words, part.pictures, rule)
  }
  // After its pictures went on: they would go with it.
  await removeDraft(tx, ticket.id, teammate.id)
  if (replies[1]) replies[0] = (await updateReply(tx, replies[0]!.id, { pairedWithId: replies[1].id }))!

  const event = { ticketId: ticket.id, at: now, teammateId: teammate.id, actor: 'teammate' }
  const heard = heardOf(await listSaid(tx, ticket))
  await appendTicketEvents(
    tx,
    [...replies, ...following].map(reply => ({
      ...event,
      kind: 'reply_approved' as const,
      replyId: reply.id,
      mentionId: reply.answersId,
      after: {
        visibility: reply.visibility,
        role: reply.role,
        sendAt,
        heard,
        ...(request.anyway ? { anyway: true } : {}),
        ...(ticket.incidentId && request.individuallyBecause ? { individuallyBecause: request.individuallyBecause.trim() } : {}),
      },
    })),
  )
  // The first human action opens a New ticket. Nothing was said by it, so nobody else's words grow stale: no new revision.
  const opened = nextStatus(ticket.status, 'acted')
  if (opened) {
    await updateTicket(tx, ticket.id, { status: opened }, { newRevision: false })
    await appendTicketEvents(tx, [{ ...event, kind: 'status_changed', before: { status: ticket.status }, after: { status: opened } }])
  }
  if (request.templateId) await teachSuggestion(tx, request.templateId, ticket)
  return [...replies, ...following]
}

const SENT_ON = 'The rest of this thread was sent on already: look at it above, then write what is still missing as an answer of its own.'
const blockedBy = (problems: Problem[]): Extract<Approval, { reason: 'blocked' }> | null =>
  problems.length ? { ok: false, reason: 'blocked', problems } : null
const problem = (kind: Problem['kind'], field: Problem['field'], because: string, span: Problem['span'] = null): Problem => ({
  kind,
  field,
  because,
  span,
})
