// Meta's windows, as a table: when may we answer, how, and what is said about it.
import { expect, it } from 'vitest'
import type { Answerable, PermissionQuestion } from '../../connectors/connector.ts'
import { facebook } from '../../connectors/facebook/connector.ts'
import { lineTo, NOW, PAGE } from './facebook-local-graph.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

interface Case {
  ask: 'public' | 'private'
  about: 'comment' | 'message'
  ageMs: number
  humanAgent?: boolean
  isAutomatic?: boolean
  lastPrivateMs?: number
  privateReplySent?: boolean
  facts?: Answerable['facts']
}

function ask(given: Case) {
  const visibility = given.about === 'comment' ? 'public' : 'private'
  const before = (ms: number) => new Date(NOW.getTime() - ms)
  const question: PermissionQuestion = {
    mention: {
      externalId: 'm_1',
      replyToExternalId: null,
      visibility,
      threadKey: 'dm:7',
      addressesUs: true,
      postedAt: before(given.ageMs),
      author: { externalId: '7', handle: 'Cleo', name: 'Cleo', followers: null },
      facts: { page: PAGE, ...given.facts },
    },
    visibility: given.ask,
    text: '',
    now: NOW,
    account: { ...lineTo(null).account, capabilities: { humanAgent: given.humanAgent ?? false } },
    lastPrivateInboundAt: given.lastPrivateMs === undefined ? null : before(given.lastPrivateMs),
    privateReplySent: given.privateReplySent ?? false,
    isAutomatic: given.isAutomatic ?? false,
  }
  return facebook.mayReply(question)
}

it.each<[Case, boolean, string]>([
  // Messenger: 24 h less five minutes
  [{ ask: 'private', about: 'message', ageMs: 0 }, true, 'closes in 23 h'],
  [{ ask: 'private', about: 'message', ageMs: 20 * HOUR + 30 * MINUTE }, true, 'closes in 3 h'],
  [{ ask: 'private', about: 'message', ageMs: 23 * HOUR + 40 * MINUTE }, true, 'closes in 15 min'],
  [{ ask: 'private', about: 'message', ageMs: DAY - 5 * MINUTE - 1 }, true, 'closes in 1 min'],
  [{ ask: 'private', about: 'message', ageMs: DAY - 5 * MINUTE }, false, 'when they write again'],
  [{ ask: 'private', about: 'message', ageMs: 3 * DAY, lastPrivateMs: HOUR }, true, 'closes in 22 h'],
  [{ ask: 'private', about: 'message', ageMs: HOUR, facts: { standby: true } }, true, 'Another app'],
  // A person's answer up to 7 days, where the app may
  [{ ask: 'private', about: 'message', ageMs: HOUR, humanAgent: true }, true, 'closes in 22 h'],
  [{ ask: 'private', about: 'message', ageMs: DAY, humanAgent: true }, true, 'a person, never an automatic answer'],
  [{ ask: 'private', about: 'message', ageMs: 7 * DAY - 5 * MINUTE - 1, humanAgent: true }, true, 'closes in 1 min'],
  [{ ask: 'private', about: 'message', ageMs: 7 * DAY - 5 * MINUTE, humanAgent: true }, false, '7 days'],
  [{ ask: 'private', about: 'message', ageMs: HOUR, humanAgent: true, isAutomatic: true }, true, 'closes in 22 h'],
  [{ ask: 'private', about: 'message', ageMs: DAY, humanAgent: true, isAutomatic: true }, false, 'a person may still write'],
  [{ ask: 'private', about: 'message', ageMs: 7 * DAY, humanAgent: true, isAutomatic: true }, false, '7 days'],
  // One private message to a comment, within 7 days
  [{ ask: 'private', about: 'comment', ageMs: DAY }, true, 'closes in 5 days'],
  [{ ask: 'private', about: 'comment', ageMs: 7 * DAY - 5 * MINUTE - 1 }, true, 'One private message'],
  [{ ask: 'private', about: 'comment', ageMs: 7 * DAY - 5 * MINUTE }, false, '7 days'],
  [{ ask: 'private', about: 'comment', ageMs: 7 * DAY, humanAgent: true }, false, '7 days'],
  [{ ask: 'private', about: 'comment', ageMs: HOUR, privateReplySent: true }, false, 'opens when the customer answers'],
  [{ ask: 'private', about: 'comment', ageMs: HOUR, privateReplySent: true, lastPrivateMs: MINUTE }, false, 'answer their newest message'],
  [{ ask: 'private', about: 'comment', ageMs: HOUR, facts: { elsewhere: true } }, false, 'another page'],
  // In public always, but for a chat and for what was removed
  [{ ask: 'public', about: 'comment', ageMs: 400 * DAY }, true, 'Everyone'],
  [{ ask: 'public', about: 'comment', ageMs: HOUR, facts: { elsewhere: true } }, true, 'may refuse'],
  [{ ask: 'public', about: 'comment', ageMs: HOUR, facts: { removed: true } }, false, 'removed'],
  [{ ask: 'public', about: 'message', ageMs: HOUR }, false, 'in public'],
])('%j is allowed: %s, "%s"', (given, allowed, says) => {
  const permission = ask(given)
  expect(permission).toMatchObject({ allowed, because: expect.stringContaining(says), costUsd: null })
  expect(permission.instead.length > 0).toBe(!allowed)
})

it("names the window's end five minutes early", () => {
  expect(ask({ ask: 'private', about: 'message', ageMs: HOUR }).until).toEqual(new Date(NOW.getTime() + 23 * HOUR - 5 * MINUTE))
  expect(ask({ ask: 'private', about: 'comment', ageMs: DAY }).until).toEqual(new Date(NOW.getTime() + 6 * DAY - 5 * MINUTE))
})

it('offers what is left to do, in order', () => {
  expect(ask({ ask: 'private', about: 'comment', ageMs: 8 * DAY }).instead).toEqual(['public', 'open'])
  expect(ask({ ask: 'private', about: 'message', ageMs: 2 * DAY }).instead).toEqual(['open'])
  expect(ask({ ask: 'public', about: 'message', ageMs: HOUR }).instead).toEqual(['private', 'open'])
})
