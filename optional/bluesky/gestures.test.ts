// Likes and hidden answers on the real network: seen by the customer through the AppView, never two, and gone when taken back.
import type { AppBskyFeedThreadgate } from '@atproto/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import type { GestureWay } from '../../connectors/connector.ts'
import { findGesture } from '../../db/gestures.ts'
import type { MentionRow } from '../../db/mentions.ts'
import { findAnswerable } from '../../db/thread.ts'
import type { Gesture } from '../../domain.ts'
import { openLine } from '../../line.ts'
import { askForGesture } from '../../responders/gestures.ts'
import { eventually } from '../../test/processes.ts'
import { type Person, recordsOf, signUp } from './people.ts'
import { openProduct, type Product } from './product.ts'

let brand: Person, cleo: Person, bob: Person, heed: Product
beforeAll(async () => {
  ;[brand, cleo, bob] = [await signUp('heron-likes'), await signUp('cleo-liked'), await signUp('bob-hidden')]
  heed = await openProduct(brand)
})
afterAll(() => heed?.close())

test('a like reaches her once, however often it is set, and is gone when taken back', async () => {
  await cleo.post('@heron-likes.test your crew found my bag, wonderful people! where can I thank them?')
  const mention = await heed.heard('found my bag')
  await becomes(mention, 'like', true)
  await eventually('Bluesky to tell her', async () => {
    const { data } = await cleo.agent.app.bsky.notification.listNotifications({ reasons: ['like'] })
    return data.notifications.length > 0
  })
  const line = await openLine(heed.desk, heed.accountId)
  const { set } = bluesky.gestures!.like as GestureWay
  await set((await findAnswerable(heed.desk.db, mention.id))!, true, line)
  expect(await recordsOf(brand, 'app.bsky.feed.like')).toMatchObject([{ value: { subject: { uri: mention.externalId } } }])
  const likes = async () => (await cleo.agent.getPosts({ uris: [mention.externalId] })).data.posts[0]!.likeCount
  expect(await likes()).toBe(1)
  await becomes(mention, 'like', false)
  await eventually('her post to be without a like', async () => (await likes()) === 0)
})

test('an answer hidden in our thread is named by the thread’s gate, as the customers’ own apps read it, and shown again', async () => {
  const status = await brand.post('We fly again from noon. Thank you for waiting.')
  await bob.post('liars, my flight still stands here, when does it leave?', { answers: status })
  const mention = await heed.heard('my flight still stands here')
  const hidden = async () => {
    const { data } = await cleo.agent.app.bsky.feed.getPostThread({ uri: status.uri, depth: 0 })
    return (data.threadgate?.record as AppBskyFeedThreadgate.Record | undefined)?.hiddenReplies ?? []
  }
  await becomes(mention, 'hide', true)
  await eventually('the gate to name it', async () => (await hidden()).includes(mention.externalId))
  await becomes(mention, 'hide', false)
  await eventually('the gate to name it no more', async () => (await hidden()).length === 0)
  expect(await recordsOf(brand, 'app.bsky.feed.threadgate')).toHaveLength(1)
})

async function becomes(mention: MentionRow, gesture: Gesture, isWished: boolean) {
  const { id: ticketId } = await heed.ticketOf(mention)
  const wish = { ticketId, mentionId: mention.id, gesture, isWished, teammateId: heed.ana.id, reason: 'spam' }
  expect(await askForGesture(heed.desk, wish)).toEqual({ ok: true })
  await eventually(`${gesture} ${isWished ? 'on' : 'off'} to be done`, async () => {
    const row = await findGesture(heed.desk.db, mention.id, gesture)
    return row?.status === 'done' && row.isSet === isWished
  })
}
