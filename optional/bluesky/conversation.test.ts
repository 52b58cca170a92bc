// Public conversations on the real network: heard, answered, and seen by the customer through the AppView.
import type { AppBskyEmbedImages, AppBskyRichtextFacet } from '@atproto/api'
import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import { PlatformError } from '../../connectors/connector.ts'
import { findAnswerable } from '../../db/thread.ts'
import { saveWatchTerm } from '../../db/watch-terms.ts'
import { openLine } from '../../line.ts'
import { asAnswerable } from '../../responders/permission.ts'
import { png } from '../../test/pictures.ts'
import { eventually } from '../../test/processes.ts'
import { pollSearch } from '../../triage/search.ts'
import { type Person, type Place, recordsOf, signUp } from './people.ts'
import { openProduct, type Product } from './product.ts'

let brand: Person, cleo: Person, bob: Person, heed: Product
beforeAll(async () => {
  ;[brand, cleo, bob] = [await signUp('heron-air'), await signUp('cleo-marsh'), await signUp('bob-okoro')]
  heed = await openProduct(brand)
})
afterAll(() => heed?.close())

test('a mention becomes a ticket, and the answer stands below it in the thread the customer reads, marked as Bluesky marks it', async () => {
  const mention = await cleo.post('@heron-air.test my flight was cancelled again 🧳 and nobody answers your phone')
  const heard = await heed.heard('my flight was cancelled again')
  expect(heard).toMatchObject({ externalId: mention.uri, threadKey: mention.uri, addressesUs: true, visibility: 'public' })
  const { number } = await heed.ticketOf(heard)
  const page = await heed.ana.get(`/tickets/${number}`)
  const taken = await heed.ana.send(page, `action="/tickets/${number}/claim`)
  const text = 'So sorry 🧳 @cleo-marsh.test! Claim it at https://heron-air.example/claims #HeronAir'
  await heed.ana.send(taken, 'id="composer"', { text }, { name: 'then', value: 'solved' })

  const [answer] = await eventually('the answer below her post', async () => {
    const replies = await cleo.repliesTo(mention.uri)
    return replies.length ? replies : null
  })
  const record = answer!.record as { text: string; facets: AppBskyRichtextFacet.Main[]; reply: unknown }
  expect(answer!.author).toMatchObject({ did: brand.did, displayName: 'Heron Air' })
  expect(record.text).toBe(`${text} ^AS`)
  expect(record.reply).toMatchObject({ root: { uri: mention.uri }, parent: { uri: mention.uri } })
  const marked = record.facets.map(({ index, features }) => [
    Buffer.from(record.text).subarray(index.byteStart, index.byteEnd).toString(),
    features[0],
  ])
  expect(marked).toMatchObject([
    ['@cleo-marsh.test', { did: cleo.did }],
    ['https://heron-air.example/claims', { uri: 'https://heron-air.example/claims' }],
    ['#HeronAir', { tag: 'HeronAir' }],
  ])
  await eventually('Bluesky to tell her', async () => {
    const { data } = await cleo.agent.app.bsky.notification.listNotifications()
    return data.notifications.some(told => told.uri === answer!.uri)
  })

  await heed.poll()
  const echoes = await heed.desk.db.selectFrom('mentions').selectAll().where('externalId', '=', answer!.uri).execute()
  expect(echoes).toMatchObject([{ direction: 'outbound', threadKey: mention.uri, replyId: expect.any(String) }])
  expect((await heed.ticketOf(heard)).status).toBe('solved')
})

test('answers and quotes of our own posts are heard as such, and a quote begins a thread of its own', async () => {
  const status = await brand.post('Bags from Lisbon are late today. We are sorry.')
  const below = await cleo.post('mine has been missing since Monday, this is a disgrace', { answers: status })
  const quote = await bob.post('look how they treat us, I want my money back', { quotes: status })
  const [answered, quoted] = [await heed.heard('missing since Monday'), await heed.heard('look how they treat us')]
  expect(answered).toMatchObject({
    externalId: below.uri,
    threadKey: status.uri,
    parentExternalId: status.uri,
    facts: { summonedBy: 'reply' },
  })
  expect(quoted).toMatchObject({ externalId: quote.uri, threadKey: quote.uri, facts: { summonedBy: 'quote', quotes: status.uri } })
  const reply = await heed.becomes((await heed.answer(quoted, 'Sorry, Bob. We have refunded you.')).id, 'sent')
  await eventually('the answer below the quote', async () => (await bob.repliesTo(quote.uri)).some(one => one.uri === reply.externalId))
})

test('twelve levels deep it is still one thread, and what each answers is known', async () => {
  let last: Place = await cleo.post('@heron-air.test where is my bag? It is lost since Monday')
  const first = last
  for (let level = 1; level <= 12; level++)
    last = await (level % 2 ? bob : cleo).post(`level ${level}, @heron-air.test, and still no answer from you`, { answers: last })
  const deepest = await heed.heard('level 12,')
  const said = await heed.desk.db
    .selectFrom('mentions')
    .selectAll()
    .where('threadKey', '=', first.uri)
    .where('direction', '=', 'inbound')
    .execute()
  expect(said).toHaveLength(13)
  expect(said.filter(one => one.parentExternalId !== null && !said.some(other => other.externalId === one.parentExternalId))).toEqual([])
  const reply = await heed.becomes((await heed.answer(deepest, 'We found it. It is on its way to you.')).id, 'sent')
  const record = await recordOf(reply.externalId!)
  expect(record).toMatchObject({ reply: { parent: { uri: last.uri }, root: { uri: first.uri } } })
  await eventually('it at the bottom of the thread', async () => (await cleo.repliesTo(last.uri)).some(one => one.uri === reply.externalId))
})

test('an answer given in Bluesky’s own app ends the turn here', async () => {
  const mention = await cleo.post('@heron-air.test you charged me twice, I want it back')
  const heard = await heed.heard('you charged me twice')
  expect((await heed.ticketOf(heard)).waitingSince).not.toBeNull()
  await brand.post('It is on its way back to you, Cleo.', { answers: mention })
  await eventually('the turn to end', async () => {
    await heed.poll()
    return (await heed.ticketOf(heard)).waitingSince === null
  })
})

test('an answer to what the customer has deleted is held back', async () => {
  const mention = await bob.post('@heron-air.test your site refuses my card, what a joke')
  const heard = await heed.heard('your site refuses my card')
  await bob.agent.deletePost(mention.uri)
  await eventually('it to be gone', async () => (await cleo.agent.getPosts({ uris: [mention.uri] })).data.posts.length === 0)
  const reply = await heed.becomes((await heed.answer(heard, 'Please try once more.')).id, 'refused')
  expect(reply.problem).toContain('The customer deleted what this answers')
  expect((await recordsOf(brand)).map(one => one.value.text)).not.toContain(reply.text)
})

test('a status written over or deleted in its repository troubles nobody: the AppView shows no edits, and what was said stays said', async () => {
  const status = await brand.post('Our counter in Porto is closed today.')
  const below = await bob.post('and who tells me what to do now? Nobody answers', { answers: status })
  await heed.heard('and who tells me what to do now')
  const rkey = status.uri.split('/').at(-1)!
  const collection = 'app.bsky.feed.post'
  const record = { $type: collection, text: 'Our counter in Porto is open again.', createdAt: new Date().toISOString() }
  await brand.agent.com.atproto.repo.putRecord({ repo: brand.did, collection, rkey, record })
  await brand.agent.deletePost(status.uri)
  await eventually('it to be gone', async () => (await cleo.agent.getPosts({ uris: [status.uri] })).data.posts.length === 0)
  await cleo.post('still closed, @heron-air.test, and I am stranded here', { answers: below })
  const joined = await heed.heard('I am stranded here')
  expect(joined).toMatchObject({ threadKey: status.uri, parentExternalId: below.uri })
  const own = await heed.desk.db.selectFrom('mentions').selectAll().where('externalId', '=', status.uri).execute()
  expect(own.map(one => one.text)).toEqual(['Our counter in Porto is closed today.'])
})

test('a watch term finds what names us without speaking to us', async () => {
  const post = await bob.post('never again heronair, they lost my bag and shrug')
  await eventually(
    'the AppView to find it',
    async () => (await bob.agent.app.bsky.feed.searchPosts({ q: 'heronair' })).data.posts.length > 0,
  )
  await watchFor(['heronair'])
  await heed.poll()
  await pollSearch(heed.desk, heed.accountId)
  const found = await eventually('it to be judged', () =>
    heed.desk.db.selectFrom('mentions').selectAll().where('externalId', '=', post.uri).where('state', '=', 'triaged').executeTakeFirst(),
  )
  expect(found).toMatchObject({ addressesUs: false, direction: 'inbound', facts: { summonedBy: null } })
  const term = await heed.desk.db.selectFrom('watchTerms').selectAll().executeTakeFirstOrThrow()
  expect(term.lastError).toBeNull()
})

test('300 graphemes go out whole; with 301 the PDS refuses what we would not have sent it', async () => {
  await cleo.post('@heron-air.test tell me everything about my rights, I am furious')
  const heard = await heed.heard('tell me everything')
  const family = '👩‍👩‍👧‍👦'
  const room = 300 - ' ^AS'.length
  const longest = `${family.repeat(20)}${'a'.repeat(room - 20)}`
  const reply = await heed.becomes((await heed.answer(heard, longest)).id, 'sent')
  expect(bluesky.limits.public.count(reply.text)).toBe(300)
  expect(await recordOf(reply.externalId!)).toMatchObject({ text: reply.text })

  await expect(heed.answer(heard, `${longest}a`)).rejects.toThrow(/301/)
  const before = heed.wire.calls.length
  const post = { key: newId(), text: 'a'.repeat(301), visibility: 'public', inReplyTo: null, isPrivateReply: false } as const
  await expect(bluesky.send(post, await openLine(heed.desk, heed.accountId))).rejects.toBeInstanceOf(PlatformError)
  expect(heed.wire.calls.slice(before)).toEqual([])
  await expect(brand.post(post.text)).rejects.toThrow(/grapheme/)
})

test('a post that went out on a connection cut before the answer is found in our repository, and is there once', async () => {
  await bob.post('@heron-air.test the seat I paid for was given away')
  const heard = await heed.heard('the seat I paid for')
  heed.wire.cutAnswerTo('com.atproto.repo.createRecord')
  const reply = await heed.becomes((await heed.answer(heard, 'That must not happen. We look into it.')).id, 'unsure')
  expect(reply.externalId).toBeNull()
  heed.pass(15_000)
  const settled = await heed.becomes(reply.id, 'sent')
  const there = (await recordsOf(brand)).filter(one => one.value.text === reply.text)
  expect(there.map(one => one.uri)).toEqual([settled.externalId])
})

test('the same answer sent twice is one post, whatever the second attempt is told', async () => {
  const post = { key: newId(), text: 'All trains run again.', visibility: 'public', inReplyTo: null, isPrivateReply: false } as const
  const line = await openLine(heed.desk, heed.accountId)
  const sent = await bluesky.send(post, line)
  await expect(bluesky.send(post, line)).rejects.toMatchObject({ kind: 'unsure' })
  expect((await recordsOf(brand)).filter(one => one.value.text === post.text).map(one => one.uri)).toEqual([sent.externalId])
  expect(await bluesky.findSent!(post, new Date(), line)).toEqual(sent)
})

test('a picture goes out with its description, and the customer sees both', async () => {
  const { uri } = await cleo.post('@heron-air.test which form do I need? Nobody tells me, I am furious')
  const heard = await heed.heard('which form do I need')
  const inReplyTo = asAnswerable((await findAnswerable(heed.desk.db, heard.id))!)
  const pictures = [{ bytes: png(80, 60), type: 'image/png', alt: 'The form, with the number circled', width: 80, height: 60 }] as const
  const post = { key: newId(), text: 'This one.', visibility: 'public', inReplyTo, isPrivateReply: false, pictures } as const
  const sent = await bluesky.send(post, await openLine(heed.desk, heed.accountId))
  const shown = await eventually('the answer below her post', async () =>
    (await cleo.repliesTo(uri)).find(one => one.uri === sent.externalId),
  )
  const [picture] = (shown.embed as AppBskyEmbedImages.View).images
  expect(picture).toMatchObject({ alt: 'The form, with the number circled', aspectRatio: { width: 80, height: 60 } })
  const seen = await fetch(picture!.fullsize)
  expect([seen.status, seen.headers.get('content-type')]).toEqual([200, expect.stringContaining('image/')])
})

test('a picture a customer sends comes with what it shows', async () => {
  const { data } = await bob.agent.uploadBlob(png(80, 60), { encoding: 'image/png' })
  const text = '@heron-air.test look at my suitcase, it arrived broken'
  await bob.post(text, { embed: { $type: 'app.bsky.embed.images', images: [{ image: data.blob, alt: 'A cracked suitcase' }] } })
  const heard = await heed.heard('look at my suitcase')
  expect(heard.attachments).toMatchObject([
    { kind: 'picture', alt: 'A cracked suitcase', url: expect.stringContaining(String(data.blob.ref)) },
  ])
})

async function recordOf(uri: string): Promise<Record<string, unknown>> {
  const [, , repo, collection, rkey] = uri.split('/')
  return (await cleo.agent.com.atproto.repo.getRecord({ repo: repo!, collection: collection!, rkey: rkey! })).data.value
}

function watchFor(anyOf: string[]): Promise<void> {
  const { desk, accountId, ana } = heed
  const term = { id: newId(), accountId, name: 'Our name', isActive: true, anyOf, noneOf: [], languages: [] }
  return desk.db.transaction().execute(tx => saveWatchTerm(tx, term, { writtenById: ana.id, at: desk.now(), isOtherQuestion: true }))
}
