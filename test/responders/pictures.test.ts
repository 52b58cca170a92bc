// Pictures in an answer, from the draft to the platform: taken, described, sent with their words or behind them, never twice, and let go in time.
import { describe, expect, it } from 'vitest'
import { type OutgoingPicture, PlatformError } from '../../connectors/connector.ts'
import { findDraft, findEchoed, listPictureReplies } from '../../db/replies.ts'
import { findPictureBytes, letPicturesGo, listReplyPictures, listThreadPictures, type ReplyPicture } from '../../db/reply-pictures.ts'
import { discardDraft, type PictureWords, saveDraft } from '../../responders/draft.ts'
import { addPictures, emptyDraft, listDraftPictures, removePicture } from '../../responders/pictures.ts'
import { resolveUnsure } from '../../responders/resolve.ts'
import { sendReply, settleReply } from '../../responders/send.ts'
import { undoReply } from '../../responders/undo.ts'
import { gif, jpeg, png } from '../pictures.ts'
import { plainConnector } from '../plain-connector.ts'
import { type Bench, bench, UNDO_MS } from './fixture.ts'

const DAY = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY)
const request = ({ ticketId, ana }: Bench, visibility: 'public' | 'private' = 'public') =>
  ({ ticketId, teammateId: ana.id, text: 'See here', visibility, role: 'answer' }) as const
const draftOf = (on: Bench) => listDraftPictures(on.desk.db, on.ticketId, on.ana.id)
const words = (pictures: readonly ReplyPicture[], more: Partial<PictureWords> = {}): PictureWords[] =>
  pictures.map(({ id }, nth) => ({ id, alt: `Picture ${nth + 1} shows a tag`, forPointer: false, ...more }))
const shown = (pictures: readonly OutgoingPicture[] = []) =>
  pictures.map(({ alt, type, width, bytes }) => ({ alt, type, width, size: bytes.length }))

/** Pictures go behind the words, each as a message of its own. */
function apartConnector() {
  const connector = plainConnector()
  const { pictures } = connector.limits
  connector.limits = {
    ...connector.limits,
    pictures: { ...pictures, private: { ...pictures.private, most: 2, altLimit: null, isApart: true } as never },
  }
  return connector
}

async function withPictures(files = [png(8, 6), jpeg(40, 30)], visibility: 'public' | 'private' = 'public', connector = plainConnector()) {
  const on = await bench(connector)
  if (visibility === 'private') await on.says('By message, please', { visibility: 'private' })
  const given = files.map((bytes, nth) => ({ name: `tag-${nth + 1}`, bytes }))
  const { problems } = await addPictures(on.desk, request(on, visibility), given)
  expect(problems).toEqual([])
  return on
}

describe('taking pictures into a draft', () => {
  it('keeps what is fit and names what is not, with what to do', async () => {
    const on = await bench()
    const { problems } = await addPictures(on.desk, request(on), [
      { name: 'notes.pdf', bytes: Buffer.from('%PDF-1.7') },
      { name: 'dance.gif', bytes: gif() },
      { name: 'large.png', bytes: Buffer.concat([png(8, 6, [['iCCP', 'x'.repeat(11_000)]])]) },
      { name: 'tag.png', bytes: png() },
    ])
    expect(problems).toEqual([
      '“notes.pdf” was not added. It is no JPEG, PNG, GIF or WebP picture, or it is broken. Save it as JPEG and choose it again.',
      '“dance.gif” was not added. Plain takes no GIF here. Save it as JPEG or PNG and choose it again.',
      '“large.png” was not added. It is 12 kB; Plain takes 10 kB. Make it smaller, or save it as JPEG, and choose it again.',
    ])
    expect(await draftOf(on)).toMatchObject([{ type: 'image/png', width: 8, height: 6, alt: '', isKept: true }])
  })

  it('takes no more than the way takes', async () => {
    const on = await withPictures()
    const { problems } = await addPictures(on.desk, request(on), [{ name: 'third.png', bytes: png() }])
    expect(problems).toEqual(['“third.png” was not added. Plain takes 2 pictures with an answer like this. Remove one first.'])
    expect(await draftOf(on)).toHaveLength(2)
  })

  it('keeps no place a camera wrote into it', async () => {
    const on = await withPictures([jpeg(40, 30, { secret: 'GPS 52.5163N' })])
    const [picture] = await draftOf(on)
    const kept = await findPictureBytes(on.desk.db, picture!.id, on.ana.id)
    expect(Buffer.from(kept!.bytes).includes('GPS')).toBe(false)
  })

  it('lists them without a byte of them, and shows a draft’s to nobody but its writer', async () => {
    const on = await withPictures()
    const [first] = await draftOf(on)
    expect(first).not.toHaveProperty('bytes')
    expect(await findPictureBytes(on.desk.db, first!.id, on.ben.id)).toBeUndefined()
    expect(await listThreadPictures(on.desk.db, on.ticketId)).toEqual([])
  })

  it('keeps a draft that has only pictures, and its words when one is taken out', async () => {
    const on = await withPictures()
    await saveDraft(on.desk, { ...request(on), text: '' })
    const [first, second] = await draftOf(on)
    await removePicture(
      on.desk,
      { ...request(on), words: { ...request(on), text: 'New words' }, pictures: words([first!, second!]) },
      first!.id,
    )
    expect(await draftOf(on)).toMatchObject([{ id: second!.id, alt: 'Picture 2 shows a tag' }])
    expect(await findDraft(on.desk.db, on.ticketId, on.ana.id)).toMatchObject({ text: 'New words' })
    await emptyDraft(on.desk, on.ticketId, on.ana.id)
    expect(await draftOf(on)).toHaveLength(1)
    await discardDraft(on.desk, on.ticketId, on.ana.id)
    expect(await on.desk.db.selectFrom('replyPictures').select('id').execute()).toEqual([])
  })
})

describe('sending them', () => {
  it('sends them with their words, in their order, each described', async () => {
    const on = await withPictures()
    const reply = await on.approved({ pictures: words(await draftOf(on)) })
    expect(await draftOf(on)).toEqual([])
    on.pass(UNDO_MS)
    await sendReply(on.desk, reply.id)
    expect(on.connector.sent).toHaveLength(1)
    expect(shown(on.connector.sent[0]!.pictures)).toMatchObject([
      { alt: 'Picture 1 shows a tag', type: 'image/png', width: 8 },
      { alt: 'Picture 2 shows a tag', type: 'image/jpeg', width: 40 },
    ])
    expect(await listThreadPictures(on.desk.db, on.ticketId)).toHaveLength(2)
  })

  it.each([
    ['one is not described', '', 'Picture 1: it has no description. Say in a few words what it shows, for those who cannot see it.'],
    ['a description is too long', 'x'.repeat(101), 'Picture 1: its description is 1 characters too long for Plain. Shorten it to 100.'],
  ])('sends nothing while %s', async (_what, alt, because) => {
    const on = await withPictures([png()])
    const approval = await on.approve({ pictures: words(await draftOf(on), { alt }) })
    expect(approval).toMatchObject({ ok: false, reason: 'blocked', problems: [{ kind: 'picture', field: 'pictures', because }] })
    expect(await draftOf(on)).toMatchObject([{ alt }])
  })

  it('sends nothing that the form did not show', async () => {
    const on = await withPictures()
    const [first] = await draftOf(on)
    for (const pictures of [undefined, words([first!]), words([first!, { ...first!, id: on.ticketId }])])
      expect(await on.approve({ pictures })).toMatchObject({ ok: false, problems: [{ kind: 'picture', field: 'pictures' }] })
  })

  it('sends none on a way that takes fewer', async () => {
    const on = await withPictures()
    const approval = await on.approve({ visibility: 'private', pictures: words(await draftOf(on)) })
    expect(approval).toMatchObject({ ok: false, problems: [{ because: 'Plain takes one picture with an answer like this. Remove 1.' }] })
  })

  it('is the same reply on a second press, with the pictures once', async () => {
    const on = await withPictures()
    const form = { idempotencyKey: on.ticketId, pictures: words(await draftOf(on)) }
    const [first, again] = [await on.approved(form), await on.approved(form)]
    expect(again.id).toBe(first.id)
    expect(await listReplyPictures(on.desk.db, [first.id])).toHaveLength(2)
  })

  it('tries again with the same pictures after an upload failed, and is out once', async () => {
    const on = await withPictures()
    on.connector.answers.push(new PlatformError('retry', 'The picture could not be uploaded.', 1000))
    const reply = await on.approved({ pictures: words(await draftOf(on)) })
    on.pass(UNDO_MS)
    await sendReply(on.desk, reply.id)
    expect(await on.reply(reply.id)).toMatchObject({ status: 'approved', problem: expect.stringContaining('Nothing was sent') })
    on.pass(60_000)
    await Promise.all([sendReply(on.desk, reply.id), sendReply(on.desk, reply.id)])
    expect(await on.reply(reply.id)).toMatchObject({ status: 'sent' })
    expect(on.connector.sent.map(post => shown(post.pictures).length)).toEqual([2, 2])
  })

  it('is not sent again while nobody knows whether it is out, and found where it is', async () => {
    const on = await withPictures()
    on.connector.answers.push(new PlatformError('unsure', 'The connection broke.'))
    const reply = await on.approved({ pictures: words(await draftOf(on)) })
    on.pass(UNDO_MS)
    await sendReply(on.desk, reply.id)
    on.connector.overThere.push({ externalId: 'there', url: null })
    expect(await resolveUnsure(on.desk, reply.id, 'send_again', on.ana.id)).toMatchObject({ ok: true, status: 'sent' })
    expect(on.connector.sent).toHaveLength(1)
  })

  it('is taken back with its pictures, whether or not another draft was begun', async () => {
    const on = await withPictures()
    const reply = await on.approved({ pictures: words(await draftOf(on)) })
    await undoReply(on.desk, reply.id, on.ana.id)
    expect(await draftOf(on)).toMatchObject([{ alt: 'Picture 1 shows a tag' }, { alt: 'Picture 2 shows a tag' }])
    const again = await on.approved({ pictures: words(await draftOf(on)) })
    await saveDraft(on.desk, { ...request(on), text: 'Something else' })
    await undoReply(on.desk, again.id, on.ana.id)
    expect(await draftOf(on)).toHaveLength(2)
    expect(await findDraft(on.desk.db, on.ticketId, on.ana.id)).toMatchObject({ text: expect.stringContaining('Something else') })
  })

  it('goes with the private half of a move to DM, unless the rep gives it to the pointer', async () => {
    const on = await withPictures([png(8, 6)])
    await addPictures(on.desk, request(on), [{ name: 'map', bytes: png(16, 6) }])
    const [first, second] = await draftOf(on)
    const pictures = [...words([first!]), ...words([second!], { forPointer: true, alt: 'A map' })]
    const reply = await on.approved({ visibility: 'private', pointerText: 'I wrote to you', pictures })
    on.pass(UNDO_MS)
    await sendReply(on.desk, reply.id)
    await sendReply(on.desk, (await on.reply(reply.id)).pairedWithId!)
    expect(on.connector.sent.map(post => [post.visibility, shown(post.pictures).map(one => one.width)])).toEqual([
      ['private', [8]],
      ['public', [16]],
    ])
  })
})

describe('where a message holds words or one picture', () => {
  const stage = async () => {
    const on = await withPictures([png(8, 6), png(16, 6)], 'private', apartConnector())
    const reply = await on.approved({ visibility: 'private', pictures: words(await draftOf(on), { alt: '' }) })
    on.pass(UNDO_MS)
    return { on, reply, follow: () => listPictureReplies(on.desk.db, reply.id) }
  }

  it('sends the words, and then each picture as a message of its own', async () => {
    const { on, reply, follow } = await stage()
    const [first, second] = await follow()
    await sendReply(on.desk, first!.id)
    expect(on.connector.sent).toEqual([])
    await sendReply(on.desk, reply.id)
    expect(on.rung).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'sendReply', replyId: second!.id })]))
    await sendReply(on.desk, first!.id)
    await sendReply(on.desk, second!.id)
    expect(on.connector.sent.map(post => [post.text, shown(post.pictures).map(one => one.width)])).toEqual([
      [expect.stringContaining('So sorry'), []],
      ['', [8]],
      ['', [16]],
    ])
    expect((await on.events()).filter(kind => kind === 'answered')).toHaveLength(1)
  })

  it('takes the pictures down with words that are refused, and brings all back together', async () => {
    const { on, reply, follow } = await stage()
    on.connector.answers.push(new PlatformError('refused', 'They blocked us.'))
    await sendReply(on.desk, reply.id)
    for (const one of await follow()) await sendReply(on.desk, one.id)
    expect(await follow()).toMatchObject([{ status: 'refused' }, { status: 'refused' }])
    expect(on.connector.sent).toHaveLength(1)
    await undoReply(on.desk, reply.id, on.ana.id)
    expect(await draftOf(on)).toMatchObject([{ width: 8 }, { width: 16 }])
    expect(await follow()).toMatchObject([{ status: 'discarded' }, { status: 'discarded' }])
  })

  it('waits with the pictures while nobody knows whether the words are out', async () => {
    const { on, reply, follow } = await stage()
    on.connector.answers.push(new PlatformError('unsure', 'The connection broke.'))
    await sendReply(on.desk, reply.id)
    const [first] = await follow()
    await sendReply(on.desk, first!.id)
    expect(await on.reply(first!.id)).toMatchObject({ status: 'approved', problem: 'Waits for the words it belongs to.' })
    on.connector.overThere.push({ externalId: 'there', url: null })
    on.pass(15_000)
    await settleReply(on.desk, reply.id)
    await sendReply(on.desk, first!.id)
    expect(on.connector.sent).toHaveLength(2)
  })

  it('knows a picture of ours when it comes back before its send is answered', async () => {
    const { on, reply, follow } = await stage()
    await sendReply(on.desk, reply.id)
    on.connector.answers.push(new PlatformError('unsure', 'The connection broke.'))
    const [first] = await follow()
    await sendReply(on.desk, first!.id)
    const where = { visibility: 'private' as const, threadKey: 'thread', parentExternalId: null, postedAt: on.desk.now() }
    const echo = { externalId: 'there', echoOf: null, text: '[attachment]', attachments: null, ...where }
    const attachments = [{ kind: 'picture' as const, url: null, alt: null, width: null, height: null }]
    expect(await findEchoed(on.desk.db, on.accountId, echo)).toBeUndefined()
    expect(await findEchoed(on.desk.db, on.accountId, { ...echo, attachments, threadKey: 'another customer’s' })).toBeUndefined()
    expect(await findEchoed(on.desk.db, on.accountId, { ...echo, attachments, visibility: 'public' })).toBeUndefined()
    expect(await findEchoed(on.desk.db, on.accountId, { ...echo, attachments })).toMatchObject({ id: first!.id })
  })

  it('sends none behind the one private message to a comment', async () => {
    const on = await withPictures([png()], 'public', apartConnector())
    const approval = await on.approve({ visibility: 'private', pictures: words(await draftOf(on)) })
    expect(approval).toMatchObject({
      ok: false,
      problems: [{ field: 'pictures', because: expect.stringContaining('one private message to a comment') }],
    })
  })
})

describe('letting them go', () => {
  it('keeps the bytes of what is out for 90 days and its description for good', async () => {
    const on = await withPictures()
    const reply = await on.approved({ pictures: words(await draftOf(on)) })
    on.pass(UNDO_MS)
    await sendReply(on.desk, reply.id)
    await letPicturesGo(on.desk.db, { discarded: inDays(-1), draft: inDays(-30), out: inDays(-90) })
    expect(await listThreadPictures(on.desk.db, on.ticketId)).toMatchObject([{ isKept: true }, { isKept: true }])
    await letPicturesGo(on.desk.db, { discarded: inDays(1), draft: inDays(1), out: inDays(1) })
    expect(await listThreadPictures(on.desk.db, on.ticketId)).toMatchObject([
      { isKept: false, alt: 'Picture 1 shows a tag' },
      { isKept: false },
    ])
  })

  it('lets go of a draft’s when nobody came back to it for long, and says that they must be added again', async () => {
    const on = await withPictures()
    await letPicturesGo(on.desk.db, { discarded: inDays(1), draft: inDays(-30), out: inDays(1) })
    expect(await draftOf(on)).toMatchObject([{ isKept: true }, { isKept: true }])
    await letPicturesGo(on.desk.db, { discarded: inDays(1), draft: inDays(1), out: inDays(1) })
    expect(await draftOf(on)).toMatchObject([{ isKept: false }, { isKept: false }])
    expect(await on.approve({ pictures: words(await draftOf(on)) })).toMatchObject({
      problems: [{ because: expect.stringContaining('no longer kept here. Remove it and choose it again.') }, {}],
    })
  })

  it('never lets go of what may still be sent', async () => {
    const on = await withPictures()
    const reply = await on.approved({ pictures: words(await draftOf(on)) })
    await letPicturesGo(on.desk.db, { discarded: inDays(1), draft: inDays(1), out: inDays(1) })
    expect(await listReplyPictures(on.desk.db, [reply.id])).toMatchObject([{ isKept: true }, { isKept: true }])
  })
})
