// Deliveries from X that no sample shows: what must be thrown back, and what must not break.
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../connectors/connector.ts'
import { signBytes } from '../../connectors/signature.ts'
import { x } from '../../connectors/x/connector.ts'

describe('reading X', () => {
  const post = { id: '9', author_id: '7', text: '@HeronAir hi', created_at: '2026-11-20T09:58:00.000Z' }
  const event = (event_type: string, payload: object, filter: object = { user_id: '1' }) =>
    JSON.stringify({ data: { event_type, filter, payload } })

  it.each([
    ['an event nobody knows', event('post.teleport', post)],
    ['no account', event('post.mention.create', post, {})],
    ['a post without text', event('post.mention.create', { ...post, text: undefined })],
    ['a post without a time', event('post.mention.create', { ...post, created_at: 'yesterday' })],
    ['a post without an author', event('post.mention.create', { ...post, author_id: undefined })],
    ['the retired account activity shape', JSON.stringify({ for_user_id: '1', tweet_create_events: [{ id_str: '9', text: 'hi' }] })],
    ['a stream of errors', JSON.stringify({ errors: [{ title: 'ConnectionException' }] })],
    [
      'a private message without a sender',
      event('dm.received', { direct_message_events: [{ type: 'message_create', id: '4', message_create: {} }] }),
    ],
  ])('throws on %s', (_what, body) => expect(() => x.read(pushed(body))).toThrow())

  it('takes the includes beside the data as well as in it, and the older user object', () => {
    const user = { id: '7', screen_name: 'cleo_flies', name: 'Cleo', followers_count: 12 }
    const body = JSON.stringify({
      data: { event_type: 'post.mention.create', filter: { user_id: '1' }, payload: post },
      includes: { users: [user] },
    })
    expect(x.read(pushed(body))).toMatchObject([{ mention: { author: { handle: 'cleo_flies', followers: 12 } } }])
  })

  it('does not take an old version that arrives late for the newest', () => {
    const versions = ['9', '12', '15'].map(id => event('post.mention.create', { ...post, id, edit_history_tweet_ids: ['9', '12', '15'] }))
    expect(versions.map(body => x.read(pushed(body))[0])).toMatchObject([
      { mention: { externalId: '9', version: 1, isEdit: false, replyToExternalId: '15' } },
      { mention: { externalId: '9', version: 2, isEdit: true, replyToExternalId: '15' } },
      { mention: { externalId: '9', version: 3, isEdit: true, replyToExternalId: '15' } },
    ])
  })

  it('does not take a longer handle, an address or a word for us', () => {
    for (const text of ['@HeronAirFan hi', 'help@heronair.com', 'heronair is late'])
      expect(x.read(polled({ data: [{ ...post, text }] }))).toMatchObject([{ mention: { addressesUs: false } }])
    for (const text of ['＠heronair hi', '(@HeronAir)', 'hey,@heronair!'])
      expect(x.read(polled({ data: [{ ...post, text }] }))).toMatchObject([{ mention: { addressesUs: true } }])
  })

  it('counts a direct answer to us as turning to us, even with our handle taken out', () => {
    expect(x.read(polled({ data: [{ ...post, text: 'thanks, but no', in_reply_to_user_id: '1' }] }))).toMatchObject([
      { mention: { addressesUs: true, facts: { summonedBy: 'reply' } } },
    ])
  })

  it('refuses a poll it does not know', () => {
    expect(() => x.read({ ...polled({ data: [] }), source: 'poll:likes' })).toThrow()
    expect(() => x.read({ ...polled({ data: [] }), account: null })).toThrow()
  })
})

describe("X's challenge", () => {
  const app = { consumerSecret: 'a-secret' }
  const ask = (crc_token: string) => x.intake.webhook!.handshake(new URLSearchParams({ crc_token }), app)

  it('is answered with the signature of the token', () => {
    expect(JSON.parse(ask('abc-_+/=')!.body)).toEqual({
      response_token: `sha256=${signBytes('a-secret', 'abc-_+/=', 'base64')}`,
    })
  })
  it.each(['{}', '[1]', '"a"', 'a b', 'a\nb', 'ä', 'a'.repeat(201), ''])('signs no token that could be a delivery: %j', token =>
    expect(ask(token)).toBeNull(),
  )
  it('is not answered by an app without its secret', () => {
    expect(x.intake.webhook!.handshake(new URLSearchParams({ crc_token: 'abc' }), {})).toBeNull()
  })
})

const pushed = (body: string): Delivery => ({
  source: 'webhook',
  headers: {},
  body,
  receivedAt: new Date('2026-11-20T10:00:00Z'),
  account: null,
})
const polled = (page: object): Delivery => ({
  ...pushed(JSON.stringify(page)),
  source: 'poll:mentions',
  account: { externalId: '1', handle: 'HeronAir' },
})
