// The suggested answer: what suits at first, what people use afterwards, and why; nothing is sent by itself.

import { v7 as newId } from 'uuid'
import { expect, test } from 'vitest'
import { insertTemplate, listTemplates, type TemplateRow } from '../../db/templates.ts'
import { hashedWords, pickSuggestion, suggestAnswer, type Taught } from '../../responders/suggestion.ts'
import { bench } from './fixture.ts'

const template = (given: Partial<TemplateRow> & { name: string }): TemplateRow => ({
  id: given.name,
  kind: 'answer',
  platform: null,
  language: 'en',
  text: 'Hello {{customer.first_name|there}}',
  version: 1,
  isActive: true,
  uses: 0,
  ownerId: null,
  isDemo: false,
  updatedAt: new Date(0),
  ...given,
})
const templates = [
  template({ name: 'Answer' }),
  template({ name: 'Handoff', kind: 'handoff' }),
  template({ name: 'Seen', kind: 'ack' }),
  template({ name: 'Refund', text: 'Your refund is on its way: {{ask:amount}}' }),
]
const asked = { category: 'account_question' as const, platform: 'plain', language: 'en', text: 'please look at my contract' }
const nothing: Taught = { uses: [], words: [] }

test.each([
  ['account_question', 'Handoff', 'nobody else’s business'],
  ['outage_report', 'Seen', 'that it was seen'],
  ['complaint', 'Answer', 'wants an answer'],
] as const)('at first what suits: %s → %s', (category, name, because) => {
  const suggestion = pickSuggestion(templates, nothing, { ...asked, category })!
  expect(suggestion.name).toBe(name)
  expect(suggestion.because).toContain(because)
})

test('what people use for such tickets wins, and the reason says how often', () => {
  const taught = {
    uses: [
      { templateId: 'Answer', category: asked.category, uses: 12 },
      { templateId: 'Handoff', category: asked.category, uses: 2 },
    ],
    words: [],
  }
  expect(pickSuggestion(templates, taught, asked)).toMatchObject({
    name: 'Answer',
    because: expect.stringContaining('it answered 12 of 14 tickets of this kind'),
  })
})

test('one use is not yet a habit', () => {
  expect(pickSuggestion(templates, { uses: [{ templateId: 'Seen', category: asked.category, uses: 1 }], words: [] }, asked)!.name).toBe(
    'Handoff',
  )
})

test('words it answered before, and words of its own, speak for it', () => {
  const [hash] = [...hashedWords('contract').keys()]
  const words = [{ templateId: 'Seen', wordHash: hash!, uses: 9 }]
  const uses = [{ templateId: 'Seen', category: 'complaint' as const, uses: 9 }]
  expect(
    pickSuggestion([template({ name: 'Seen', kind: 'ack' }), template({ name: 'Other', kind: 'ack' })], { uses, words }, asked)?.because ??
      '',
  ).toContain('“contract”')
  expect(pickSuggestion(templates, nothing, { ...asked, category: 'complaint', text: 'where is my refund' })).toMatchObject({
    name: 'Refund',
    because: expect.stringContaining('“refund”'),
  })
})

test('the customer’s language is kept; retired ones and other platforms’ are never suggested', () => {
  const list = [
    ...templates,
    template({ name: 'Übergabe', kind: 'handoff', language: 'de' }),
    template({ name: 'Handoff X', kind: 'handoff', platform: 'elsewhere' }),
    template({ name: 'Old', kind: 'handoff', isActive: false }),
  ]
  expect(pickSuggestion(list, nothing, { ...asked, language: 'de' })).toMatchObject({
    name: 'Übergabe',
    because: expect.stringContaining('German'),
  })
  expect(pickSuggestion(list, nothing, asked)!.name).toBe('Handoff')
})

test('nothing speaks for any: nothing is suggested', () => {
  expect(pickSuggestion([template({ name: 'Closing', kind: 'closing' })], nothing, asked)).toBeNull()
  expect(pickSuggestion([], nothing, asked)).toBeNull()
})

test('sending with a template teaches its category and hashed words, in the same transaction', async () => {
  const world = await bench()
  const { db } = world.desk
  await db
    .updateTable('mentions')
    .set({ text: 'my contract number is wrong', verdict: JSON.stringify({ category: 'complaint', tier: 1, reasons: [] }) })
    .where('id', '=', world.firstMentionId)
    .execute()
  const { id } = await insertTemplate(db, {
    id: newId(),
    name: 'Contract',
    kind: 'ack',
    language: 'en',
    text: 'We look into it',
    platform: null,
    ownerId: null,
    updatedAt: world.desk.now(),
  })
  await world.approved({ templateId: id })
  expect(await db.selectFrom('templateUses').selectAll().execute()).toEqual([{ templateId: id, category: 'complaint', uses: 1 }])
  const words = await db.selectFrom('templateWords').selectAll().execute()
  expect(words.map(row => row.wordHash).sort()).toEqual([...hashedWords('my contract number is wrong').keys()].sort())
  for (let i = 0; i < 3; i++) await db.updateTable('templateUses').set({ uses: 6 }).execute()
  expect(await suggestAnswer(db, await listTemplates(db), { ...asked, category: 'complaint' })).toMatchObject({ templateId: id })
})
