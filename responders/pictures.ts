// Pictures in an answer: taken into a draft, described, taken out again; and what would stop one from going out.
import { v7 as newId } from 'uuid'
import type { Connector, NoPictures, PictureRule, PictureType } from '../connectors/connector.ts'
import { findDraft, removeDraft, updateReply } from '../db/replies.ts'
import { hasPictures, insertReplyPicture, listReplyPictures, type ReplyPicture, removeReplyPicture } from '../db/reply-pictures.ts'
import type { Db } from '../db/schema.ts'
import { lockTicket } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { type DraftRequest, keepDraft, type PictureWords } from './draft.ts'
import { type PictureFile, readPictureFile } from './picture-file.ts'

export interface GivenPicture {
  /** As the person's own machine calls it. */
  name: string
  bytes: Uint8Array
}

/** Takes files into the draft, which is made if there is none. What cannot be taken is named, with what to do; the others are kept. */
export async function addPictures(desk: Desk, request: DraftRequest, given: readonly GivenPicture[]): Promise<{ problems: string[] }> {
  const files = given.map(({ name, bytes }) => ({ name, file: readPictureFile(bytes) }))
  return desk.db.transaction().execute(async tx => {
    const ticket = await lockTicket(tx, request.ticketId)
    const draft = await keepDraft(tx, request, desk.now(), { evenEmpty: true })
    const connector = desk.connectorFor(ticket.platform)
    const rule = connector.limits.pictures[request.visibility]
    if ('because' in rule) return { problems: [rule.because] }
    let room = Math.max(0, rule.most - (await listReplyPictures(tx, [draft!.id])).length)
    const problems: string[] = []
    for (const { name, file } of files) {
      const because = whyNotTaken(file, rule, connector.label) ?? (room ? null : `${tooMany(rule, connector.label)} Remove one first.`)
      if (because) problems.push(`“${name}” was not added. ${because}`)
      if (because || !file) continue
      room--
      await insertReplyPicture(tx, {
        ...file,
        id: newId(),
        replyId: draft!.id,
        size: file.bytes.length,
        alt: '',
        forPointer: false,
        addedById: request.teammateId,
        addedAt: desk.now(),
      })
    }
    return { problems }
  })
}

/** The words beside it are kept on the way; left out where they are a note's, and the answer's stay as they are. */
export async function removePicture(
  desk: Desk,
  request: Omit<DraftRequest, 'text' | 'visibility' | 'role'> & { words?: Pick<DraftRequest, 'text' | 'visibility' | 'role'> },
  pictureId: Id,
): Promise<void> {
  await desk.db.transaction().execute(async tx => {
    await lockTicket(tx, request.ticketId)
    const draft = await findDraft(tx, request.ticketId, request.teammateId)
    if (!draft) return
    await removeReplyPicture(tx, draft.id, pictureId)
    const { words = draft, ...rest } = request
    await keepDraft(tx, { ...rest, text: words.text, visibility: words.visibility, role: words.role }, desk.now())
  })
}

/** The words went elsewhere (into a note); pictures that were added stay for the answer. */
export async function emptyDraft(desk: Desk, ticketId: Id, teammateId: Id): Promise<void> {
  await desk.db.transaction().execute(async tx => {
    await lockTicket(tx, ticketId)
    const draft = await findDraft(tx, ticketId, teammateId)
    if (draft && (await hasPictures(tx, draft.id))) await updateReply(tx, draft.id, { text: '' })
    else await removeDraft(tx, ticketId, teammateId)
  })
}

export async function listDraftPictures(db: Db, ticketId: Id, teammateId: Id): Promise<ReplyPicture[]> {
  const draft = await findDraft(db, ticketId, teammateId)
  return draft ? listReplyPictures(db, [draft.id]) : []
}

/** The draft's pictures as a form describes them. Null: the form shows others than the draft has, so nobody saw what would go out. */
export async function picturesToSend(
  tx: Db,
  { ticketId, teammateId, pictures = [] }: { ticketId: Id; teammateId: Id; pictures?: readonly PictureWords[] | undefined },
): Promise<ReplyPicture[] | null> {
  const kept = await listDraftPictures(tx, ticketId, teammateId)
  const said = new Map(pictures.map(one => [one.id, one]))
  if (kept.length !== said.size || kept.some(one => !said.has(one.id))) return null
  return kept.map(one => ({ ...one, ...said.get(one.id)!, alt: said.get(one.id)!.alt.trim() }))
}

/** Why these may not go out on this way, each naming the picture by its place among `all` that the form shows. */
export function problemsOfPictures(
  { limits, label }: Pick<Connector, 'limits' | 'label'>,
  way: 'public' | 'private',
  pictures: readonly ReplyPicture[],
  all: readonly ReplyPicture[] = pictures,
): string[] {
  if (!pictures.length) return []
  const rule = limits.pictures[way]
  if ('because' in rule) return [`${rule.because} Remove the picture, or choose another way.`]
  const tooManyOf = pictures.length > rule.most ? [`${tooMany(rule, label)} Remove ${pictures.length - rule.most}.`] : []
  return [
    ...tooManyOf,
    ...pictures.flatMap(picture => {
      const because = whyNotSent(picture, rule, label)
      return because ? [`Picture ${all.indexOf(picture) + 1}: ${because}`] : []
    }),
  ]
}

/** How a picture is told of where somebody reads the rule before choosing one. */
export function pictureRuleWords(rule: PictureRule | NoPictures, label: string): string {
  if ('because' in rule) return rule.because
  const each = `${typeWords(rule.types)}, ${megabytes(rule.maxBytes)}`
  const taken = rule.most === 1 ? `One picture: ${each} at most.` : `Up to ${rule.most} pictures: ${each} each.`
  const apart = rule.isApart ? ' They follow your words as messages of their own.' : ''
  return `${taken}${apart}${rule.altLimit === null ? ` ${label} shows no descriptions.` : ''}`
}

function whyNotTaken(file: PictureFile | null, rule: PictureRule, label: string): string | null {
  if (!file) return 'It is no JPEG, PNG, GIF or WebP picture, or it is broken. Save it as JPEG and choose it again.'
  return whyUnfit({ ...file, size: file.bytes.length }, rule, label)
}

function whyNotSent(picture: ReplyPicture, rule: PictureRule, label: string): string | null {
  if (!picture.isKept) return 'it is no longer kept here. Remove it and choose it again.'
  const unfit = whyUnfit(picture, rule, label)
  if (unfit) return unfit
  if (rule.altLimit === null) return null
  if (!picture.alt) return 'it has no description. Say in a few words what it shows, for those who cannot see it.'
  const over = picture.alt.length - rule.altLimit
  return over > 0 ? `its description is ${over} characters too long for ${label}. Shorten it to ${rule.altLimit}.` : null
}

function whyUnfit(one: Pick<ReplyPicture, 'type' | 'size' | 'width' | 'height'>, rule: PictureRule, label: string): string | null {
  if (!rule.types.includes(one.type))
    return `${label} takes no ${TYPE_WORDS[one.type]} here. Save it as ${typeWords(rule.types)} and choose it again.`
  if (one.size > rule.maxBytes)
    return `It is ${megabytes(one.size)}; ${label} takes ${megabytes(rule.maxBytes)}. Make it smaller, or save it as JPEG, and choose it again.`
  if (rule.maxPixels && one.width * one.height > rule.maxPixels)
    return `It is ${one.width} × ${one.height}; ${label} takes ${Math.round(rule.maxPixels / 1e6)} million pixels. Make it smaller and choose it again.`
  return null
}

const tooMany = ({ most }: PictureRule, label: string) =>
  `${label} takes ${most === 1 ? 'one picture' : `${most} pictures`} with an answer like this.`
const megabytes = (bytes: number) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${Math.ceil(bytes / 1e5) / 10} MB`)
const TYPE_WORDS: Record<PictureType, string> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/gif': 'GIF',
  'image/webp': 'WebP',
}
function typeWords(types: readonly PictureType[]): string {
  const words = types.map(type => TYPE_WORDS[type])
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? '')
}
