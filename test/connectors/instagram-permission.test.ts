// What Instagram lets us answer, as a table: where it stands, how we answer, and what is said about it. Windows: facebook-permission.test.ts.
import { expect, it } from 'vitest'
import type { Answerable, Permission } from '../../connectors/connector.ts'
import { instagram } from '../../connectors/instagram/connector.ts'
import { lineTo, NOW } from './facebook-local-graph.ts'

const HOUR = 3_600_000

function ask(by: 'public' | 'private', facts: Answerable['facts'], ageMs = HOUR): Permission {
  const visibility = facts.kind === 'message' ? 'private' : 'public'
  return instagram.mayReply({
    mention: {
      externalId: '1',
      replyToExternalId: null,
      visibility,
      threadKey: visibility === 'private' ? 'dm:7' : '1',
      addressesUs: true,
      postedAt: new Date(NOW.getTime() - ageMs),
      author: { externalId: '7', handle: 'cleo', name: '', followers: null },
      facts,
    },
    visibility: by,
    text: '',
    now: NOW,
    account: lineTo(null).account,
    lastPrivateInboundAt: null,
    privateReplySent: facts.privateReplySent === true,
  })
}

const comment = { kind: 'comment' }
const mentioned = { kind: 'comment', elsewhere: true, mentioned: true }
const tagged = { kind: 'caption', elsewhere: true, tagged: true }

it.each<['public' | 'private', Answerable['facts'], number, boolean, string, Permission['instead']]>([
  ['public', comment, HOUR, true, 'Everyone who sees the post', []],
  ['public', comment, 400 * 24 * HOUR, true, 'Everyone', []],
  ['public', { ...comment, removed: true }, HOUR, false, 'removed', ['open']],
  ['public', { ...comment, live: true }, HOUR, false, 'live video', ['private', 'open']],
  ['public', mentioned, HOUR, true, 'their post', []],
  ['public', { ...tagged, mentioned: true }, HOUR, true, 'their post', []],
  ['public', tagged, HOUR, false, 'tagged', ['open']],
  ['public', { kind: 'message' }, HOUR, false, 'direct message', ['private', 'open']],
  ['private', comment, HOUR, true, 'One private message', []],
  ['private', comment, 7 * 24 * HOUR, false, '7 days', ['public', 'open']],
  ['private', { ...comment, privateReplySent: true }, HOUR, false, 'Instagram allows', ['public', 'open']],
  ['private', mentioned, HOUR, false, 'another account', ['public', 'open']],
  ['private', { kind: 'message' }, HOUR, true, 'closes in 22 h', []],
  ['private', { kind: 'message' }, 24 * HOUR, false, 'Instagram closed the chat', ['open']],
])('in %s, %j after %d ms: %s (%s)', (by, facts, ageMs, allowed, words, instead) => {
  const permission = ask(by, facts, ageMs)
  expect(permission).toMatchObject({ allowed, instead })
  expect(permission.because).toContain(words)
})
