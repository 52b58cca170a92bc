// Corrections: logged with what triage had said, offered to similar open tickets, taken back; the words go with their mention, the features stay.
import { v7 as newId } from 'uuid'
import { expect, test } from 'vitest'
import { holdLease, releaseLease } from '../../db/leases.ts'
import { eraseMentions } from '../../db/mentions.ts'
import type { Db } from '../../db/schema.ts'
import { countOtherChanges, drawNoiseSample, listCorrections, listJudgedByPeople } from '../../db/triage-page.ts'
import type { Category } from '../../domain.ts'
import { measureAccuracy, wilson } from '../../triage/accuracy.ts'
import { findSimilar, hashOf, pickSimilar, strongestCues, undoSince } from '../../triage/corrections.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { findTaughtScorer, isBehind, learnFromCorrections, learnRows, shippedScorer } from '../../triage/learnt.ts'
import { packExample, unpackExample } from '../../triage/packed-example.ts'
import { writeRule } from '../../triage/rule-book.ts'
import { sameWordsKey } from '../../triage/same-words.ts'
import { type Scorer, urgency } from '../../triage/scorer.ts'
import { careHeads } from '../../triage/signals/heads.ts'
import { readMention } from '../../triage/signals/reading.ts'
import { correctCard, correctTriage, dismissMention, openFromMention, undoCorrections } from '../../triage/tickets.ts'
import { triageMentions } from '../../triage/triage.ts'
import { openTicket } from '../open-ticket.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

async function stage() {
  const world = await testWorld({ connectors: [plainConnector()] })
  const account = await world.account({ platform: 'plain' })
  const { db } = world.desk
  let n = 0
  const hear = async (text: string, given: Parameters<typeof says>[1] = {}) => {
    const externalId = `m${++n}`
    await deliver(world, account, [
      says(text, { externalId, author: { externalId: `a${n}`, handle: `person_${n}`, name: 'P', followers: 5 }, ...given }),
    ])
    await readDeliveries(world.desk)
    await triageMentions(world.desk)
    return db.selectFrom('mentions').selectAll().where('externalId', '=', externalId).executeTakeFirstOrThrow()
  }
  /** As if the judge had said so. */
  const asJudged = async (id: string, category: Category) =>
    db.updateTable('mentions').set({ category, ticketId: null, needsReview: false }).where('id', '=', id).execute()
  const corrections = () => db.selectFrom('corrections').selectAll().orderBy('id').execute()
  return { world, account, db, hear, asJudged, corrections, by: { teammateId: world.ben.id } }
}

test('correcting a ticket logs what triage had said, what it is, and the hashed words; and rings for the worker', async () => {
  const { world, hear, corrections, by } = await stage()
  const mention = await hear('Where is my parcel? It is three weeks late')
  const done = await correctTriage(world.desk, { ...by, ticketId: mention.ticketId!, category: 'pr_risk' })
  const [row] = await corrections()
  expect(done).toEqual({ ok: true, correctionId: row!.id })
  expect(row).toMatchObject({
    teammateId: world.ben.id,
    mentionId: mention.id,
    source: 'ticket',
    textHash: hashOf(mention.text),
    predicted: { category: mention.verdict!.category, sentiment: mention.verdict!.sentimentLabel, confidence: mention.verdict!.confidence },
    before: { category: mention.category, isSpam: false },
    after: { category: 'pr_risk', actionable: true },
    learntAt: null,
    undoneAt: null,
  })
  expect(Buffer.from(row!.features)).toEqual(packExample(mention.text, shippedScorer()))
  expect(world.rung).toContainEqual({ name: 'learnFromCorrections' })
})

test('the same category again is no correction', async () => {
  const { world, hear, corrections, by } = await stage()
  const mention = await hear('Where is my parcel? It is three weeks late')
  await correctTriage(world.desk, { ...by, ticketId: mention.ticketId!, category: mention.category! })
  expect(await corrections()).toEqual([])
})

test('a card opened and a card dismissed are corrections; dismissing the same twice is one', async () => {
  const { world, hear, asJudged, corrections, by } = await stage()
  const opened = await hear('nice weather we have', { addressesUs: false })
  await asJudged(opened.id, 'irrelevant')
  const dismissed = await hear('some words about the brand in general', { addressesUs: false })
  await asJudged(dismissed.id, 'untargeted_comment')
  await openFromMention(world.desk, { ...by, mentionId: opened.id, category: 'complaint' })
  await dismissMention(world.desk, { ...by, mentionId: dismissed.id, category: 'spam' })
  await dismissMention(world.desk, { ...by, mentionId: dismissed.id, category: 'spam' })
  expect((await corrections()).map(row => [row.source, row.before.category, row.after])).toEqual([
    ['opened', 'irrelevant', { category: 'complaint', actionable: true }],
    ['dismissed', 'untargeted_comment', { category: 'spam', actionable: false }],
  ])
})

test('what a rule made of a mention is not held against the judge', async () => {
  const { world, hear, corrections, by } = await stage()
  await writeRule(world.desk, world.ana.id, {
    name: 'R',
    isActive: true,
    conditions: { anyWords: ['parcel'] },
    actions: { category: 'outage_report' },
  })
  const mention = await hear('Where is my parcel? It is three weeks late')
  expect(mention.category).toBe('outage_report')
  await correctTriage(world.desk, { ...by, ticketId: mention.ticketId!, category: 'complaint' })
  expect((await corrections())[0]!.predicted.category).toBe(mention.verdict!.beforeRules!.category)
})

test('erasing the mention takes the words; hash and features stay', async () => {
  const { world, db, hear, corrections, by } = await stage()
  const mention = await hear('Where is my parcel? It is three weeks late')
  await correctTriage(world.desk, { ...by, ticketId: mention.ticketId!, category: 'pr_risk' })
  const before = await corrections()
  await db.updateTable('mentions').set({ text: '', removedAt: world.desk.now() }).where('id', '=', mention.id).execute()
  await eraseMentions(db, [mention.id], world.desk.now())
  expect(await corrections()).toEqual(before)
  expect(JSON.stringify(before)).not.toMatch(/parcel|three weeks/)
  expect((await listCorrections(db, 10))[0]).toMatchObject({ text: null, reasons: [] })
})

test('undo from a date on takes later ones out of what is learnt, and leaves tickets', async () => {
  const { world, db, hear, corrections, by } = await stage()
  const [first, second] = [await hear('Where is my parcel? It is three weeks late'), await hear('Why was my card charged twice?')]
  await correctTriage(world.desk, { ...by, ticketId: first.ticketId!, category: 'pr_risk' })
  world.pass(86_400_000)
  await correctTriage(world.desk, { ...by, ticketId: second.ticketId!, category: 'pr_risk' })
  expect(await undoSince(world.desk, world.ana.id, new Date(world.desk.now().getTime() - 3_600_000))).toBe(1)
  expect((await corrections()).map(row => row.undoneAt === null)).toEqual([true, false])
  expect((await db.selectFrom('tickets').select('category').execute()).map(t => t.category)).toEqual(['pr_risk', 'pr_risk'])
})

test('similar open ones: the same category, the same words or its strongest cues; solved, spam and other kinds are left out', async () => {
  const { world, account, db, hear, by } = await stage()
  const mention = await hear('Why was my card charged twice? I want a refund')
  await db.updateTable('tickets').set({ category: 'complaint' }).where('id', '=', mention.ticketId!).execute()
  const at = { startedAt: world.desk.now(), category: 'complaint' as const }
  const cues = strongestCues(mention.text, mention.verdict!.reasons).join(', ')
  const alike = await openTicket(db, account, { ...at, text: `hello, ${cues.toUpperCase()}!` })
  const same = await openTicket(db, account, { ...at, text: mention.text })
  await db
    .updateTable('mentions')
    .set({ textKey: sameWordsKey(mention.text) })
    .where('ticketId', '=', same.id)
    .execute()
  await openTicket(db, account, { ...at, text: 'the shop was closed' })
  await openTicket(db, account, { ...at, text: mention.text, status: 'solved' })
  await openTicket(db, account, { ...at, text: mention.text, isSpam: true })
  await openTicket(db, account, { ...at, text: mention.text, category: 'outage_report' })
  const { correctionId } = await correctTriage(world.desk, { ...by, ticketId: mention.ticketId!, category: 'pr_risk' })
  const found = (await findSimilar(world.desk, correctionId!))!
  expect(found.similar.map(row => row.number)[0]).toBe(same.number)
  expect(found.similar[0]!.because).toBe('the same words')
  expect(found.similar.map(row => row.number)).toEqual(expect.arrayContaining([alike.number, same.number]))
  expect(found.similar.length).toBeLessThanOrEqual(2)
})

test('picking similar ones: half of the cues must be shared; words are whole words', () => {
  const row = (text: string, textKey: string | null = null) => ({
    ticketId: text,
    number: 1,
    name: '',
    handle: '',
    text,
    textKey,
    language: null,
    waitingSince: null,
  })
  const text = 'charged twice, no refund, still late'
  const reasons = ['charged twice', 'no refund', 'late'].map((cue, i) => ({
    signal: 's',
    points: 3 - i,
    because: cue,
    span: [text.indexOf(cue), text.indexOf(cue) + cue.length] as [number, number],
  }))
  const picked = pickSimilar({ text, textKey: 'k', reasons }, [
    row('Charged TWICE and no refund'),
    row('only late'),
    row('latex charged twice'),
    row('words', 'k'),
  ])
  expect(picked.map(one => one.text)).toEqual(['words', 'Charged TWICE and no refund'])
})

test('one act on many is undone as one: tickets go back as they were, and nothing of it is learnt', async () => {
  const { world, db, hear, corrections, by } = await stage()
  const [a, b] = [await hear('Where is my parcel? It is three weeks late'), await hear('Why was my card charged twice?')]
  const before = await db.selectFrom('tickets').select(['id', 'category', 'priority', 'isSpam']).orderBy('id').execute()
  const batchId = '01900000-0000-7000-8000-000000000001'
  for (const one of [a, b])
    await correctTriage(world.desk, { ...by, ticketId: one.ticketId!, category: 'spam', source: 'similar', batchId })
  // One was corrected again since: it stays as it is.
  await correctTriage(world.desk, { ...by, ticketId: b.ticketId!, category: 'pr_risk' })
  expect(await undoCorrections(world.desk, { ...by, batchId })).toBe(2)
  const after = await db.selectFrom('tickets').select(['id', 'category', 'priority', 'isSpam']).orderBy('id').execute()
  expect(after.find(t => t.id === a.ticketId)).toEqual(before.find(t => t.id === a.ticketId))
  expect(after.find(t => t.id === b.ticketId)).toMatchObject({ category: 'pr_risk', isSpam: false })
  expect((await corrections()).map(row => row.undoneAt !== null)).toEqual([true, true, false])
  expect(await undoCorrections(world.desk, { ...by, batchId })).toBe(0)
})

test('packed examples of odd texts come back as they were; other people’s bytes do not', () => {
  const shipped = shippedScorer()
  for (const text of ['', '😀'.repeat(10_000), '\ud800', 'a '.repeat(30_000), 'היי 123']) {
    const unpacked = unpackExample(packExample(text, shipped), shipped)!
    expect(unpacked.isOtherModel).toBe(false)
    expect(unpacked.logits.features.slots).toHaveLength(unpacked.logits.features.size)
  }
  expect(unpackExample(packExample('hello', shipped), { model: 'another' })!.isOtherModel).toBe(true)
  expect(unpackExample(new Uint8Array(40), shipped)).toBeNull()
  expect(unpackExample(packExample('hello', shipped).subarray(0, 30), shipped)).toBeNull()
})

const texts = [
  'my wobbulator is late',
  'the wobbulator hums at night',
  'wobbulator arrived with no lid',
  'where may I read about your wobbulator',
  'a wobbulator, again',
]

test('what was corrected is judged otherwise next time, in every process, and the verdict’s model says how much was learnt', async () => {
  const { world, db, hear, by } = await stage()
  for (const text of texts) {
    const mention = await hear(text)
    if (mention.ticketId) await correctTriage(world.desk, { ...by, ticketId: mention.ticketId, category: 'pr_risk' })
    else await openFromMention(world.desk, { ...by, mentionId: mention.id, category: 'pr_risk' })
    await learnFromCorrections(world.desk)
  }
  const shipped = shippedScorer()
  const taught = await findTaughtScorer(world.desk, db)
  expect(taught.model).toBe(`${shipped.model}+${texts.length}`)
  const odds = (scorer: typeof taught) => {
    const reading = readMention('one more wobbulator')
    return scorer.score(reading, true).care[careHeads.indexOf('pr_risk')]!
  }
  expect(odds(taught)).toBeGreaterThan(odds(shipped) + 0.2)
  expect((await hear('wobbulator news')).verdict!.model).toBe(taught.model)
  // Another process is another cache.
  expect(
    odds(await findTaughtScorer({ db: db.withPlugin({ transformQuery: a => a.node, transformResult: async a => a.result }) }, db)),
  ).toBe(odds(taught))
})

test('one by one, in batches, or replayed from zero: the same layer, to the last bit, also after the words are gone', async () => {
  const { world, db, hear, by } = await stage()
  const layerRow = () => db.selectFrom('learntLayers').selectAll().executeTakeFirstOrThrow()
  for (const [i, text] of texts.entries()) {
    const mention = await hear(text)
    if (mention.ticketId) await correctTriage(world.desk, { ...by, ticketId: mention.ticketId, category: i % 2 ? 'pr_risk' : 'spam' })
    else await openFromMention(world.desk, { ...by, mentionId: mention.id, category: 'outage_report' })
    if (i < 3) await learnFromCorrections(world.desk)
  }
  await learnFromCorrections(world.desk)
  const stepwise = Buffer.from((await layerRow()).layer)
  await db.updateTable('mentions').set({ text: '' }).execute()
  await db.deleteFrom('learntLayers').execute()
  await learnFromCorrections(world.desk)
  expect(Buffer.from((await layerRow()).layer).equals(stepwise)).toBe(true)
  expect(learnRows([], shippedScorer(), null).corrections).toBe(0)
})

test('undone by date, the layer is that of the earlier corrections alone; undone all, it is empty', async () => {
  const { world, db, hear, by } = await stage()
  const layerBytes = async () => Buffer.from((await db.selectFrom('learntLayers').select('layer').executeTakeFirstOrThrow()).layer)
  const correct = async (text: string) => {
    const mention = await hear(text)
    await (mention.ticketId
      ? correctTriage(world.desk, { ...by, ticketId: mention.ticketId, category: 'pr_risk' })
      : openFromMention(world.desk, { ...by, mentionId: mention.id, category: 'pr_risk' }))
    await learnFromCorrections(world.desk)
  }
  await correct(texts[0]!)
  const early = await layerBytes()
  world.pass(86_400_000)
  await correct(texts[1]!)
  expect((await layerBytes()).equals(early)).toBe(false)
  await undoSince(world.desk, world.ana.id, new Date(world.desk.now().getTime() - 1_000))
  expect(await isBehind(db)).toBe(true)
  await learnFromCorrections(world.desk)
  expect((await layerBytes()).equals(early)).toBe(true)
  await undoSince(world.desk, world.ana.id, new Date(0))
  await learnFromCorrections(world.desk)
  expect(await isBehind(db)).toBe(false)
  expect((await findTaughtScorer(world.desk, db)).model).toBe(shippedScorer().model)
})

test('learning is done by one at a time: who finds it taken leaves it to the other', async () => {
  const { world, db, hear, by } = await stage()
  const mention = await hear('Where is my parcel? It is three weeks late')
  await correctTriage(world.desk, { ...by, ticketId: mention.ticketId!, category: 'pr_risk' })
  await holdLease(db, 'learning', 'another', 60_000)
  await learnFromCorrections(world.desk)
  expect(await isBehind(db)).toBe(true)
  await releaseLease(db, 'learning', 'another')
  await Promise.all([learnFromCorrections(world.desk), learnFromCorrections(world.desk)])
  expect(await isBehind(db)).toBe(false)
  expect((await corrections(db))[0]!.learntAt).toEqual(world.desk.now())
})
const corrections = (db: Db) => db.selectFrom('corrections').selectAll().orderBy('id').execute()

test('the noise sample is at least twenty a day, the same lot for everybody, and what was looked at leaves it', async () => {
  const { world, db, account, by } = await stage()
  for (let i = 0; i < 30; i++) {
    const ticket = await openTicket(db, account, {
      startedAt: new Date(world.desk.now().getTime() - i * 60_000),
      text: `buy followers ${i}`,
      mentionCategory: 'spam',
    })
    await db
      .updateTable('mentions')
      .set({ ticketId: null, verdict: JSON.stringify({ category: 'spam', tier: 'noise', priority: 'low', confidence: 0.9, reasons: [] }) })
      .where('ticketId', '=', ticket.id)
      .execute()
  }
  const span = { from: new Date(world.desk.now().getTime() - 7 * 86_400_000), zone: 'UTC' }
  const first = await drawNoiseSample(db, span, 50)
  expect(first).toMatchObject({ drawn: 20, settled: 0 })
  expect((await drawNoiseSample(db, span, 50)).open.map(row => row.id)).toEqual(first.open.map(row => row.id))
  await dismissMention(world.desk, { ...by, mentionId: first.open[0]!.id, category: 'spam', source: 'noise_sample' })
  await openFromMention(world.desk, { ...by, mentionId: first.open[1]!.id, category: 'complaint', source: 'noise_sample' })
  const then = await drawNoiseSample(db, span, 50)
  expect(then).toMatchObject({ drawn: 20, settled: 2 })
  expect(then.open.map(row => row.id)).toEqual(first.open.slice(2).map(row => row.id))
  const people = await listJudgedByPeople(db, span)
  expect(people.map(row => [row.predicted, row.truth, row.isSample]).sort()).toEqual([
    ['spam', 'complaint', true],
    ['spam', 'spam', true],
  ])
})

test('accuracy: precision from what people saw, recall with the noise reckoned up from the sample', () => {
  const week = new Date('2026-02-23T00:00:00Z')
  const person = (predicted: Category, truth: Category, isSample = false) => ({ week, predicted, truth, isSample })
  const accuracy = measureAccuracy({
    handled: [
      { week, category: 'complaint', count: 16 },
      { week, category: 'account_question', count: 10 },
    ],
    people: [
      ...Array(4).fill(person('complaint', 'account_question')),
      ...Array(4).fill(person('outage_report', 'complaint')),
      ...Array(19).fill(person('spam', 'spam', true)),
      person('spam', 'complaint', true),
    ],
    weeks: [{ week, judged: 500, noise: 100, review: 20 }],
  })
  const of = (category: Category) => accuracy.categories.find(one => one.category === category)!
  // 16 unquestioned of 20 called so; truly 16 + 4 seen + 1/20 of 100 noise.
  expect(of('complaint')).toMatchObject({ called: 20, right: 16, precision: 0.8, truly: 25, missedInNoise: 5, recall: 0.64 })
  expect(of('account_question')).toMatchObject({ called: 10, right: 10, precision: 1, truly: 14 })
  expect(of('spam')).toMatchObject({ called: 20, right: 19, precision: 0.95, recall: null })
  expect(accuracy.noise).toMatchObject({ looked: 20, right: 19, share: 0.95, total: 100 })
  expect(accuracy.weeks[0]).toMatchObject({ seen: 54, corrected: 9 })
  expect(accuracy.confusions[0]).toEqual({ from: 'complaint', to: 'account_question', count: 4 })
  expect(
    measureAccuracy({ handled: [], people: [person('complaint', 'complaint')], weeks: [] }).categories.find(
      one => one.category === 'complaint',
    )!.recall,
  ).toBeNull()
})

test('Wilson’s interval of 19 in 20, and of nothing', () => {
  const [low, high] = wilson(19, 20)!
  expect([low.toFixed(3), high.toFixed(3)]).toEqual(['0.764', '0.991'])
  expect(wilson(0, 0)).toBeNull()
})

test('any part is a correction: a feeling or a priority alone is one step, learnt by its own heads, and undone as it came', async () => {
  const { world, db, hear, corrections, by } = await stage()
  const mention = await hear('Where is my parcel? It is three weeks late')
  const ticketId = mention.ticketId!
  const before = await db.selectFrom('tickets').selectAll().where('id', '=', ticketId).executeTakeFirstOrThrow()
  const batchId = newId()
  await correctTriage(world.desk, { ...by, ticketId, category: before.category, sentiment: 'positive' })
  await correctTriage(world.desk, { ...by, ticketId, priority: 'urgent', batchId })
  expect((await corrections()).map(row => row.after)).toEqual([{ sentiment: 'positive' }, { priority: 'urgent' }])
  expect(await db.selectFrom('tickets').select(['category', 'priority']).where('id', '=', ticketId).executeTakeFirst()).toEqual({
    category: before.category,
    priority: 'urgent',
  })
  await learnFromCorrections(world.desk)
  const taught = await findTaughtScorer(world.desk, db)
  const scores = (scorer: Scorer) => scorer.score(readMention(mention.text), true)
  expect(scores(taught).sentiment.positive).toBeGreaterThan(scores(shippedScorer()).sentiment.positive)
  expect(urgency(scores(taught))).toBeGreaterThan(urgency(scores(shippedScorer())))

  await undoCorrections(world.desk, { ...by, batchId })
  expect((await db.selectFrom('tickets').select('priority').where('id', '=', ticketId).executeTakeFirst())?.priority).toBe(before.priority)
  expect((await corrections()).map(row => row.undoneAt !== null)).toEqual([false, true])
  expect(await countOtherChanges(db)).toEqual([{ part: 'sentiment', from: mention.verdict!.sentimentLabel, to: 'positive', count: 1 }])
})

test('what stands already is no correction; a priority said with a category is meant', async () => {
  const { world, db, hear, corrections, by } = await stage()
  const mention = await hear('Where is my parcel? It is three weeks late')
  const { category, priority } = await db.selectFrom('tickets').selectAll().where('id', '=', mention.ticketId!).executeTakeFirstOrThrow()
  const on = { ...by, ticketId: mention.ticketId! }
  expect(await correctTriage(world.desk, { ...on, category, priority, sentiment: mention.verdict!.sentimentLabel })).toEqual({ ok: true })
  expect(await corrections()).toEqual([])
  await correctTriage(world.desk, { ...on, category: 'pr_risk', priority })
  expect((await corrections())[0]!.after).toEqual({ category: 'pr_risk', actionable: true, priority })
  expect((await db.selectFrom('tickets').select('priority').where('id', '=', on.ticketId).executeTakeFirst())?.priority).toBe(priority)
})

test.each<[string, object, { became?: string }]>([
  ['a feeling leaves it a card', { sentiment: 'negative' }, { became: 'card' }],
  ['noise dismisses it', { category: 'spam' }, { became: 'noise' }],
  ['a complaint makes it a ticket', { category: 'complaint', priority: 'urgent' }, { became: 'ticket' }],
  ['what it was already changes nothing', { category: 'untargeted_comment' }, {}],
])('on a card: %s', async (_name, said, expected) => {
  const { world, db, hear, corrections, by } = await stage()
  const mention = await hear('cute lamp in the window at acme today', { addressesUs: false })
  await db
    .updateTable('mentions')
    .set({ category: 'untargeted_comment', needsReview: false, ticketId: null })
    .where('id', '=', mention.id)
    .execute()
  const batchId = newId()
  expect(await correctCard(world.desk, { ...by, ...said, mentionId: mention.id, batchId })).toMatchObject({ ok: true, ...expected })
  expect((await corrections()).map(row => row.after)).toEqual('became' in expected ? [expect.objectContaining(said)] : [])
  if (!('became' in expected) || expected.became === 'ticket') return
  await undoCorrections(world.desk, { ...by, batchId })
  expect(await db.selectFrom('mentions').select('category').where('id', '=', mention.id).executeTakeFirst()).toEqual({
    category: 'untargeted_comment',
  })
})
