// How what a mention answers is introduced: by whose name, or as our own words.
import { expect, test } from 'vitest'
import type { ParentAbove } from '../../db/parents.ts'
import { ParentBubble } from '../../web/parts/parent-bubble.tsx'

const now = new Date('2026-03-02T09:00:00Z')
const parent: ParentAbove = {
  childId: 'c',
  depth: 1,
  id: 'p',
  direction: 'context',
  by: '@bob_w',
  text: 'fibre is here',
  language: 'en',
  url: null,
  postedAt: now,
  removedAt: null,
  state: 'found',
  because: null,
}
const shown = (given: Partial<ParentAbove>) =>
  String(<ParentBubble parent={{ ...parent, ...given }} now={now} label="X" />)
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

test.each<[string, Partial<ParentAbove>]>([
  ['In answer to @bob_w', {}],
  ['In answer to us', { direction: 'outbound', by: null }],
  ['Before that we', { direction: 'outbound', by: null, depth: 2 }],
  ['It was deleted by its author.', { removedAt: now }],
])('“%s”', (words, given) => {
  expect(shown(given)).toContain(words)
})
