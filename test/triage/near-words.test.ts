// Who else said nearly the same: a table of pairs, and what does not count.
import { expect, test } from 'vitest'
import { countNear, type Said } from '../../triage/near-words.ts'

const noon = new Date('2026-03-02T12:00:00Z')
const said = (id: string, text: string, more: Partial<Said> = {}): Said => ({
  id,
  accountId: 'a',
  customerId: `of-${id}`,
  postedAt: noon,
  text,
  ...more,
})
const near = (text: string, other: string, more: Partial<Said> = {}) =>
  countNear([said('1', text)], [said('1', text), said('2', other, more)]).get('1')

test.each([
  ['internet is down again in Ashford since six', '@brightwave Internet DOWN again in Ashford, since six!!', 1],
  ['no signal on the harbour line this morning', 'this morning no signal on the whole harbour line', 1],
  ['tv box stuck on the start screen again', 'my tv box is stuck on the start screen', 1],
  ['internet is down again in Ashford since six', 'my parcel was left in Ashford since six', 0],
  ['the app is slow', 'the app is slow', 0],
])('“%s” and “%s”: %d', (one, other, expected) => {
  expect(near(one, other)).toBe(expected)
})

const words = 'internet is down again in Ashford since six'
test.each<[string, Partial<Said>]>([
  ['the same person', { customerId: 'of-1' }],
  ['nobody we know', { customerId: null }],
  ['another account of ours', { accountId: 'b' }],
  ['more than an hour ago', { postedAt: new Date(noon.getTime() - 3_600_001) }],
  ['later', { postedAt: new Date(noon.getTime() + 1) }],
])('%s does not count', (_name, more) => {
  expect(near(words, words, more)).toBe(0)
})

test('one person who says it five times is one', () => {
  const others = Array.from({ length: 5 }, (_, i) => said(`o${i}`, words, { customerId: 'loud' }))
  expect(countNear([said('1', words)], others).get('1')).toBe(1)
})
