// What may arrive twice, late, or in a shape nobody told us about.
import { describe, expect, it } from 'vitest'
import type { Incoming } from '../../connectors/connector.ts'
import { facebook } from '../../connectors/facebook/connector.ts'
import { NOW, PAGE } from './facebook-local-graph.ts'

const SECONDS = NOW.getTime() / 1000
const comment = {
  item: 'comment',
  comment_id: '9_77',
  post_id: `${PAGE}_9`,
  parent_id: `${PAGE}_9`,
  from: { id: '7', name: 'Cleo' },
}

function readBody(body: object, source = 'webhook'): Incoming[] {
  return facebook.read({ source, headers: {}, body: JSON.stringify(body), receivedAt: NOW, account: null })
}
function readFeed(value: object, time: number = SECONDS) {
  return readBody({ object: 'page', entry: [{ id: PAGE, time, changes: [{ field: 'feed', value }] }] })
}
function readMessaging(item: object) {
  const ends = { sender: { id: '7' }, recipient: { id: PAGE }, timestamp: NOW.getTime() }
  return readBody({ object: 'page', entry: [{ id: PAGE, time: NOW.getTime(), messaging: [{ ...ends, ...item }] }] })
}
function versionOf([incoming]: Incoming[]): number {
  if (incoming?.kind !== 'mention') throw new Error('no mention')
  return incoming.mention.version
}
const polled = (fetchedAt: number) =>
  versionOf(
    readBody(
      {
        page: PAGE,
        fetchedAt,
        post: { id: `${PAGE}_9` },
        data: [{ id: '9_77', message: 'now', created_time: '2026-11-21T09:00:00+0000' }],
      },
      'poll:comments',
    ),
  )

describe('which words are newer', () => {
  const added = versionOf(readFeed({ ...comment, verb: 'add', message: 'first', created_time: SECONDS - 3600 }))
  it('an edit is newer than what was written, and a late copy of that never wins', () => {
    const edited = versionOf(readFeed({ ...comment, verb: 'edited', message: 'second', created_time: SECONDS }))
    const redelivered = versionOf(readFeed({ ...comment, verb: 'add', message: 'first', created_time: SECONDS - 3600 }, SECONDS + 900))
    expect(edited).toBeGreaterThan(added)
    expect(redelivered).toBe(added)
  })

  it('a poll is newer than what was written and than edits before it, older than edits of its own second or after', () => {
    const edit = (at: number) => versionOf(readFeed({ ...comment, verb: 'edited', message: 'x' }, at))
    expect(polled(NOW.getTime())).toBeGreaterThan(added)
    expect(polled(NOW.getTime())).toBeGreaterThan(edit(SECONDS - 1))
    expect(polled(NOW.getTime())).toBeLessThan(edit(SECONDS))
    expect(polled(NOW.getTime() + 1000)).toBeGreaterThan(edit(SECONDS))
  })

  it('Messenger edits are in order whether num_edit is text or a number', () => {
    const said = versionOf(readMessaging({ message: { mid: 'm', text: 'a' } }))
    const first = versionOf(readMessaging({ message_edit: { mid: 'm', text: 'b', num_edit: 1 } }))
    const second = versionOf(readMessaging({ message_edit: { mid: 'm', text: 'c', num_edit: '2' } }))
    expect([said, first, second]).toEqual([said, said + 1, said + 2])
  })

  it('an edit that comes first is a mention without an author', () => {
    const [edited] = readFeed({
      item: 'comment',
      verb: 'edited',
      comment_id: '9_1',
      post_id: `${PAGE}_9`,
      parent_id: `${PAGE}_9`,
      message: 'new',
    })
    expect(edited).toMatchObject({
      kind: 'mention',
      mention: { author: null, text: 'new', isEdit: true, threadKey: '9_1' },
    })
  })
})

describe('times', () => {
  it('entry.time is read in seconds and in milliseconds', () => {
    const value = { ...comment, verb: 'remove' }
    expect(readFeed(value, SECONDS)).toEqual(readFeed(value, SECONDS * 1000))
    expect(readFeed(value)).toMatchObject([{ kind: 'removal', at: NOW }])
  })
})

describe('the same mention by push and by poll', () => {
  it('has the same id, thread, words and facts, a photo alone too', () => {
    const both = ['hello', undefined].map(message => [
      readFeed({ ...comment, verb: 'add', message, created_time: SECONDS, permalink_url: 'https://example.com/c' }),
      readBody(
        {
          page: PAGE,
          fetchedAt: NOW.getTime(),
          post: { id: `${PAGE}_9` },
          data: [
            {
              id: '9_77',
              message,
              from: comment.from,
              created_time: '2026-11-21T10:00:00+0000',
              permalink_url: 'https://example.com/c',
            },
          ],
        },
        'poll:comments',
      ),
    ])
    for (const [push, poll] of both) expect(push).toEqual(poll)
  })
})

describe('what nobody told us about is kept and shown', () => {
  it.each([
    ['another object', () => readBody({ object: 'instagram', entry: [] })],
    ['another list of a poll', () => readBody({ page: PAGE, fetchedAt: 1, data: [] }, 'poll:stories')],
  ])('thrown, where nothing else can be read: %s', (_what, reading) => {
    expect(reading).toThrow()
  })

  it.each([
    ['an entry without a list', PAGE, () => readBody({ object: 'page', entry: [{ id: PAGE, time: 1 }] })],
    ['an entry without an id', null, () => readBody({ object: 'page', entry: [{ time: 1, changes: [] }] })],
    ['another field', PAGE, () => readBody({ object: 'page', entry: [{ id: PAGE, time: 1, changes: [{ field: 'ratings', value: {} }] }] })],
    ['another item', PAGE, () => readFeed({ item: 'hologram', verb: 'add' })],
    ['another verb', PAGE, () => readFeed({ ...comment, verb: 'sing' })],
    ['a comment without an id', PAGE, () => readFeed({ item: 'comment', verb: 'add', post_id: `${PAGE}_9` })],
    ['a messaging event of another kind', PAGE, () => readMessaging({ hologram: {} })],
    ['a message without an id', PAGE, () => readMessaging({ message: { text: 'x' } })],
    ['a message without a sender', PAGE, () => readMessaging({ sender: undefined, message: { mid: 'm', text: 'x' } })],
    ['an edit without a number', PAGE, () => readMessaging({ message_edit: { mid: 'm', text: 'x' } })],
    [
      'a polled comment without a time',
      PAGE,
      () => readBody({ page: PAGE, fetchedAt: 1, post: { id: '9' }, data: [{ id: '1' }] }, 'poll:comments'),
    ],
  ])('unknown, by itself: %s', (_what, account, reading) => {
    expect(reading()).toEqual([{ kind: 'unknown', account, because: expect.stringMatching(/entry\[0\]|data\[0\]/) }])
  })

  it('beside what was understood, in its place', () => {
    const good = { field: 'feed', value: { ...comment, verb: 'add', message: 'first', created_time: SECONDS } }
    const body = {
      object: 'page',
      entry: [
        {
          id: PAGE,
          time: SECONDS,
          changes: [good, { field: 'ratings', value: {} }, { ...good, value: { ...good.value, comment_id: '9_78' } }],
        },
        { time: 1, changes: [] },
        { id: '42', time: SECONDS, changes: [good] },
      ],
    }
    expect(readBody(body)).toMatchObject([
      { kind: 'mention', account: PAGE, mention: { externalId: '9_77' } },
      { kind: 'unknown', account: PAGE, because: expect.stringContaining('entry[0].changes[1].field: "ratings"') },
      { kind: 'mention', account: PAGE, mention: { externalId: '9_78' } },
      { kind: 'unknown', account: null },
      { kind: 'mention', account: '42', mention: { externalId: '9_77' } },
    ])
  })

  it.each(['delivery', 'read', 'reaction', 'referral', 'optin', 'pass_thread_control'])('but a %s says nothing', kind => {
    expect(readMessaging({ [kind]: {} })).toEqual([])
  })
})
