// The time-machine: its counts are those of looking at every mention by hand; it stops when told, and says how far it came.
import { v7 as newId } from 'uuid'
import { expect, test } from 'vitest'
import type { AccountRow } from '../../db/accounts.ts'
import type { JudgedMentionRow } from '../../db/judged-mentions.ts'
import type { Category, Rule, RuleActions, RuleConditions, Verdict } from '../../domain.ts'
import { bareContext } from '../../triage/bare.ts'
import { priorityOf, tierOf } from '../../triage/categories.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { judge } from '../../triage/judge.ts'
import { writeRule } from '../../triage/rule-book.ts'
import { applyRules, compileRules, judgesThresholds, placeOf } from '../../triage/rules.ts'
import { lookBack, newTally, type Trial } from '../../triage/time-machine.ts'
import { triageMentions } from '../../triage/triage.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { testWorld, type World } from '../world.ts'

const words = ['parcel', 'refund', 'giveaway', 'thanks', 'outage', 'fire']
const kinds: Category[] = [
  'complaint',
  'outage_report',
  'account_question',
  'general_reference',
  'untargeted_comment',
  'spam',
  'irrelevant',
  'positive_feedback',
]

/** Mentions of any kind, the same for the same seed. */
async function fill(world: World, account: AccountRow, count: number) {
  let seed = 7
  const pick = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n
  const customers = Array.from({ length: 20 }, (_, i) => ({
    id: newId(),
    accountId: account.id,
    externalId: `c${i}`,
    handle: `person_${i}`,
    name: 'P',
    followers: i * 100,
    isVip: i % 7 === 0,
    doNotEngageUntil: null,
  }))
  await world.desk.db.insertInto('customers').values(customers).execute()
  const rows = Array.from({ length: count }, (_, i) => {
    const category = kinds[pick(kinds.length)]!
    const tier = tierOf(category)
    const postedAt = new Date(world.desk.now().getTime() - pick(32 * 24 * 60) * 60_000)
    const verdict: Verdict = {
      category,
      tier,
      priority: tier === 'noise' ? 'low' : priorityOf(category, 'normal'),
      confidence: pick(100) / 100,
      sentiment: pick(20) / 10 - 1,
      sentimentLabel: 'neutral',
      actionable: 0.5,
      language: pick(2) ? 'en' : 'de',
      tags: [],
      needsReview: pick(5) === 0,
      reasons: pick(6) ? [] : [{ signal: 'safety', points: 5, because: 'fire' }],
      wouldChange: null,
      model: 'test',
    }
    return {
      id: newId(),
      accountId: account.id,
      platform: account.platform,
      visibility: pick(4) ? ('public' as const) : ('private' as const),
      direction: 'inbound' as const,
      externalId: `m${i}`,
      replyToExternalId: null,
      threadKey: `t${i}`,
      parentExternalId: null,
      customerId: customers[pick(20)]!.id,
      text: `${words[pick(6)]} and ${words[pick(6)]}`,
      language: verdict.language,
      url: null,
      addressesUs: pick(2) === 1,
      facts: '{}',
      postedAt,
      receivedAt: postedAt,
      editedAt: null,
      removedAt: null,
      unreadableBecause: null,
      problem: null,
      triagedAt: postedAt,
      state: 'triaged' as const,
      category,
      needsReview: verdict.needsReview,
      verdict: JSON.stringify(verdict),
      ticketId: null,
      replyId: null,
    }
  })
  for (let at = 0; at < rows.length; at += 500)
    await world.desk.db
      .insertInto('mentions')
      .values(rows.slice(at, at + 500))
      .execute()
}
const rule = (conditions: RuleConditions, actions: RuleActions, position = 1): Rule => ({
  id: `r${position}`,
  name: `r${position}`,
  position,
  isActive: true,
  conditions,
  actions,
})
const set = (rules: Rule[], thresholds = judgesThresholds) => compileRules(rules, thresholds)
async function last(trials: AsyncGenerator<Trial>): Promise<{ trial: Trial; steps: number }> {
  let trial: Trial | undefined
  let steps = 0
  for await (const one of trials) {
    trial = one
    steps++
  }
  return { trial: trial!, steps }
}
const look = { days: 30, zone: 'UTC', limitMs: 60_000 }

test.each<[string, Rule[], Rule[], typeof judgesThresholds]>([
  ['a never-ticket rule', [], [rule({ anyWords: ['giveaway'] }, { neverTicket: true })], judgesThresholds],
  [
    'a changed rule among others',
    [rule({ isVip: true }, { priority: 'urgent' })],
    [rule({ isVip: true }, { priority: 'high' }), rule({ languages: ['de'] }, { tags: ['german'] }, 2)],
    judgesThresholds,
  ],
  [
    'a category for what speaks to nobody',
    [],
    [rule({ categories: ['untargeted_comment', 'spam'], allWords: ['refund'] }, { category: 'complaint' })],
    judgesThresholds,
  ],
  ['thresholds', [], [], { noise: 0.95, review: 0.6 }],
])('counts equal brute force: %s', async (_name, rulesBefore, rulesAfter, thresholds) => {
  const world = await testWorld({ connectors: [plainConnector()] })
  await fill(world, await world.account({ platform: 'plain' }), 3_000)
  const [before, after] = [set(rulesBefore), set(rulesAfter, thresholds)]
  const { trial, steps } = await last(lookBack(world.desk, before, after, { ...look, batch: 500 }))

  const from = world.desk.now().getTime() - 30 * 86_400_000
  const rows = (
    await world.desk.db
      .selectFrom('mentions')
      .innerJoin('customers', 'customers.id', 'mentions.customerId')
      .selectAll('mentions')
      .select(['handle', 'followers', 'isVip'])
      .execute()
  ).filter(row => row.postedAt.getTime() >= from)
  const expected = {
    changed: 0,
    missed: 0,
    gained: 0,
    moves: new Map<string, number>(),
    before: new Array(24).fill(0),
    after: new Array(24).fill(0),
  }
  for (const row of rows) {
    const facts = { ...row, hasOpenTicket: false, isReplyToUs: false }
    const [a, b] = [before, after].map(one => {
      const ruled = applyRules(one, row.verdict!, facts)
      const place = placeOf(ruled.verdict, row)
      return {
        place,
        category: ruled.verdict.category,
        priority: ruled.verdict.priority,
        extras: place === 'ticket' ? ruled.tags.toSorted().join(', ') : '',
      }
    })
    if (a!.place === 'ticket') expected.before[row.postedAt.getUTCHours()]++
    if (b!.place === 'ticket') expected.after[row.postedAt.getUTCHours()]++
    if (JSON.stringify(a) === JSON.stringify(b)) continue
    expected.changed++
    const key = JSON.stringify([a, b])
    expected.moves.set(key, (expected.moves.get(key) ?? 0) + 1)
    if (b!.place === 'ticket' && a!.place !== 'ticket') expected.gained++
    if (a!.place === 'ticket' && b!.place !== 'ticket' && tierOf(a!.category) === 1) expected.missed++
  }
  expect(expected.changed).toBeGreaterThan(20)
  expect({ looked: trial.looked, total: trial.total, isWhole: trial.isWhole }).toEqual({
    looked: rows.length,
    total: rows.length,
    isWhole: true,
  })
  expect({ changed: trial.changed, missed: trial.missed, gained: trial.gained }).toEqual({
    changed: expected.changed,
    missed: expected.missed,
    gained: expected.gained,
  })
  expect(new Map(trial.moves.map(move => [JSON.stringify([move.from, move.to]), move.count]))).toEqual(expected.moves)
  expect(trial.load.before.map(mean => Math.round(mean * 30))).toEqual(expected.before)
  expect(trial.load.after.map(mean => Math.round(mean * 30))).toEqual(expected.after)
  expect(trial.examples.missed).toHaveLength(Math.min(50, expected.missed))
  expect(steps).toBe(Math.floor(rows.length / 500) + 1)
})

test('it stops when told, and after its time, and says how far it came', async () => {
  const world = await testWorld({ connectors: [plainConnector()] })
  await fill(world, await world.account({ platform: 'plain' }), 1_000)
  const stop = new AbortController()
  const seen: number[] = []
  for await (const trial of lookBack(world.desk, set([]), set([]), { ...look, batch: 100, signal: stop.signal })) {
    seen.push(trial.looked)
    if (seen.length === 2) stop.abort()
  }
  expect(seen).toEqual([100, 200])
  const { trial } = await last(lookBack(world.desk, set([]), set([]), { ...look, batch: 100, limitMs: 0 }))
  expect(trial).toMatchObject({ looked: 100, isWhole: false })
  expect(trial.total).toBeGreaterThan(900)
})

test('a verdict that a rule had changed is tried as the judge alone had left it', async () => {
  const world = await testWorld({ connectors: [plainConnector()] })
  const account = await world.account({ platform: 'plain' })
  const written = await writeRule(world.desk, world.ana.id, {
    name: 'Parcels',
    isActive: true,
    conditions: { anyWords: ['parcel'] },
    actions: { neverTicket: true },
  })
  if (!written.ok) throw new Error(written.problems.join())
  await deliver(world, account, [says('Where is my parcel? It is three weeks late')])
  await readDeliveries(world.desk)
  await triageMentions(world.desk)
  const { trial } = await last(lookBack(world.desk, set([written.rule]), set([]), look))
  expect(trial).toMatchObject({ looked: 1, changed: 1, gained: 1, missed: 0 })
  expect(trial.moves[0]).toMatchObject({ from: { place: 'noise', category: 'irrelevant' }, to: { place: 'ticket' } })
})

test('an open ticket and an answer of ours count as they stood when the mention was posted', async () => {
  const world = await testWorld({ connectors: [plainConnector()] })
  const account = await world.account({ platform: 'plain' })
  const at = (minute: number) => new Date(`2026-03-02T09:${minute}:00Z`)
  await deliver(world, account, [says('Where is my parcel? It is three weeks late', { externalId: 'a', threadKey: 'T', postedAt: at(10) })])
  await deliver(world, account, [
    says('It is on its way', {
      externalId: 'b',
      threadKey: 'T',
      direction: 'outbound',
      postedAt: at(20),
      author: { externalId: '111', handle: 'acme_care', name: 'Acme', followers: 0 },
    }),
    says('It is still not here, where is it?', { externalId: 'c', threadKey: 'T', parentExternalId: 'b', postedAt: at(30) }),
  ])
  await readDeliveries(world.desk)
  await triageMentions(world.desk)
  for (const conditions of [{ hasOpenTicket: true }, { isReplyToUs: true }] satisfies RuleConditions[]) {
    const { trial } = await last(lookBack(world.desk, set([]), set([rule(conditions, { tags: ['again'] })]), look))
    expect(trial).toMatchObject({ looked: 2, changed: 1 })
  }
})

test('looser thresholds: what nobody would see any more, complaints among it, and the load', async () => {
  const row = (given: Partial<JudgedMentionRow>): JudgedMentionRow => ({
    id: newId(),
    postedAt: new Date('2026-03-02T09:10:00Z'),
    hour: 9,
    text: '',
    platform: 'plain',
    visibility: 'public',
    addressesUs: true,
    language: 'en',
    handle: 'p',
    followers: 1,
    isVip: false,
    hasOpenTicket: false,
    isReplyToUs: false,
    ticketId: null,
    category: 'general_reference',
    tier: '2',
    priority: 'normal',
    needsReview: true,
    confidence: 0.25,
    sentiment: 0,
    hasDanger: false,
    nearlyNoise: { category: 'irrelevant', confidence: 0.7 },
    isDoubted: true,
    complaint: 0.1,
    beforeRules: null,
    ...given,
  })
  const over = { from: new Date('2026-03-01T10:00:00Z'), to: new Date('2026-03-02T10:00:00Z'), total: 5 }
  const tally = newTally(set([]), set([], { noise: 0.6, review: 0.2 }), over)
  for (const given of [
    {},
    { complaint: 0.8 },
    { ticketId: newId() },
    { nearlyNoise: null },
    { nearlyNoise: null, category: 'complaint', tier: '1' } as const,
  ])
    tally.add(row(given))
  const trial = tally.trial(true)
  expect(trial).toMatchObject({ looked: 5, changed: 5, missed: 2, gained: 2 })
  expect(trial.load.before[9]).toBe(0)
  expect(trial.load.after[9]).toBe(2)
})

test('the judge says what only doubt kept from noise', () => {
  const judged = (text: string) =>
    judge({ text, visibility: 'public', direction: 'inbound', platform: 'x', language: null }, bareContext(text))
  const doubted = [
    'lol ok',
    'haha what a day',
    'monday again',
    'so true',
    'omg this song',
    'big mood',
    'nice one mate',
    'who won last night',
  ].map(judged)
  const kept = doubted.filter(one => one.nearlyNoise)
  expect(kept.length).toBeGreaterThan(0)
  for (const one of kept) expect(one).toMatchObject({ needsReview: true, isDoubted: true })
  expect(judged('Is the app down?').nearlyNoise).toBeUndefined()
})
