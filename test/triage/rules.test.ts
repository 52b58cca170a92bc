// Rules on top of the judge: which hold, which of two wins, what danger forbids, and what a batch leaves behind.
import { expect, test } from 'vitest'
import type { Rule, RuleActions, RuleConditions, Verdict } from '../../domain.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { changeRule, saveThresholds, writeRule } from '../../triage/rule-book.ts'
import { applyRules, compileRules, foldWords, judgesThresholds, type RuledMention } from '../../triage/rules.ts'
import { triageMentions } from '../../triage/triage.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

const verdict = (given: Partial<Verdict> = {}): Verdict => ({
  category: 'complaint',
  tier: 1,
  priority: 'high',
  confidence: 0.8,
  sentiment: -0.5,
  sentimentLabel: 'negative',
  actionable: 0.9,
  language: 'en',
  tags: [],
  needsReview: false,
  reasons: [],
  wouldChange: null,
  model: 'test 1',
  ...given,
})
const mention = (given: Partial<RuledMention> = {}): RuledMention => ({
  text: 'My parcel never came',
  platform: 'plain',
  visibility: 'public',
  language: 'en',
  handle: 'cleo_writes',
  followers: 120,
  isVip: false,
  hasOpenTicket: false,
  isReplyToUs: false,
  ...given,
})
let n = 0
const rule = (conditions: RuleConditions, actions: RuleActions, name = `rule ${++n}`): Rule => ({
  id: name,
  name,
  position: ++n,
  isActive: true,
  conditions,
  actions,
})
const ruled = (rules: Rule[], m = mention(), v = verdict()) => applyRules(compileRules(rules, judgesThresholds), v, m)
const holds = (conditions: RuleConditions, m: Partial<RuledMention> = {}, v: Partial<Verdict> = {}) =>
  ruled([rule(conditions, { tags: ['t'] })], mention(m), verdict(v)).held.length === 1

test.each<[string, string[], boolean]>([
  ['My PARCEL never came', ['parcel'], true],
  ['parcels everywhere', ['parcel'], false],
  ['parcels everywhere', ['parcel*'], true],
  ['lost par cel', ['parcel'], false],
  ['Wo ist die Straße?', ['strasse'], true],
  ['la facturación está mal', ['facturacion'], true],
  ['I can’t log in', ["can't log in"], true],
  ['cannot; log, in!', ['cannot log in'], true],
  ['log the thing in', ['log in'], false],
  ['#parcelgate again', ['parcelgate'], true],
  ['@acme refund please', ['refund', 'voucher'], true],
  ['😡😡 again', ['😡'], true],
  ['配送が届きません', ['届きません'], true],
  ['a refund', ['', '  '], false],
])('words in %j: any of %j → %j', (text, anyWords, expected) =>
  expect(holds({ anyWords, followersAtLeast: 1 }, { text })).toBe(anyWords.some(w => w.trim()) ? expected : true),
)

test.each<[string, RuleConditions, Partial<RuledMention>, Partial<Verdict>, boolean]>([
  ['all words', { allWords: ['parcel', 'never'] }, {}, {}, true],
  ['all words, one missing', { allWords: ['parcel', 'always'] }, {}, {}, false],
  ['none of the words', { noWords: ['refund'] }, {}, {}, true],
  ['none, but one is there', { noWords: ['came'] }, {}, {}, false],
  ['author with and without @, any case', { authors: ['@Cleo_Writes'] }, {}, {}, true],
  ['another author', { authors: ['ben'] }, {}, {}, false],
  ['an unknown author', { authors: ['ben'] }, { handle: null }, {}, false],
  ['enough followers', { followersAtLeast: 120 }, {}, {}, true],
  ['too few', { followersAtLeast: 121 }, {}, {}, false],
  ['unknown followers are none', { followersAtLeast: 0 }, { followers: null }, {}, false],
  ['language by its base', { languages: ['pt'] }, { language: 'pt-BR' }, {}, true],
  ['unknown language', { languages: ['pt'] }, { language: null }, {}, false],
  ['platform', { platforms: ['plain'] }, {}, {}, true],
  ['another platform', { platforms: ['other'] }, {}, {}, false],
  ['visibility', { visibility: 'private' }, {}, {}, false],
  ['angry enough', { sentimentAtMost: -0.5 }, {}, {}, true],
  ['not angry enough', { sentimentAtMost: -0.6 }, {}, {}, false],
  ['sure enough', { confidenceAtLeast: 0.8 }, {}, {}, true],
  ['unsure enough', { confidenceBelow: 0.8 }, {}, {}, false],
  ['category', { categories: ['complaint', 'spam'] }, {}, {}, true],
  ['open ticket', { hasOpenTicket: true }, { hasOpenTicket: true }, {}, true],
  ['no open ticket', { hasOpenTicket: false }, { hasOpenTicket: true }, {}, false],
  ['reply to us', { isReplyToUs: true }, {}, {}, false],
  ['VIP', { isVip: true }, { isVip: true }, {}, true],
  ['two conditions, one fails', { isVip: true, anyWords: ['parcel'] }, {}, {}, false],
])('%s', (_name, conditions, m, v, expected) => expect(holds(conditions, m, v)).toBe(expected))

test('a changed verdict says which rule changed it, keeps what the judge said, and keeps the judge’s model', () => {
  const { verdict: after } = ruled([rule({ anyWords: ['parcel'] }, { category: 'outage_report' }, 'Parcel hub down')])
  expect(after).toMatchObject({ category: 'outage_report', tier: 1, priority: 'urgent', model: 'test 1' })
  expect(after.reasons[0]).toEqual({ signal: 'rule', points: 0, because: 'rule “Parcel hub down”' })
  expect(after.beforeRules).toEqual({ category: 'complaint', tier: 1, priority: 'high', needsReview: false })
})

test('without a rule that holds the verdict is the very same object', () => {
  const judged = verdict()
  expect(ruled([rule({ anyWords: ['absent'] }, { priority: 'urgent' })], mention(), judged).verdict).toBe(judged)
})

test('the higher rule wins where two want the same thing; tags of both are kept; inactive ones are silent', () => {
  const off = { ...rule({ anyWords: ['parcel'] }, { priority: 'urgent', tags: ['off'] }), isActive: false }
  const first = rule({ anyWords: ['parcel'] }, { priority: 'normal', tags: ['parcel'], assigneeId: 'ana' })
  const second = rule({ isVip: false }, { priority: 'urgent', tags: ['vip', 'parcel'], assigneeId: 'ben' })
  const outcome = ruled([second, off, first].sort((a, b) => b.position - a.position))
  expect(outcome.verdict.priority).toBe('normal')
  expect(outcome).toMatchObject({ tags: ['parcel', 'vip'], assigneeId: 'ana' })
})

test('never-ticket gives way to a higher rule that says how it is to be answered', () => {
  const after = ruled([rule({ anyWords: ['parcel'] }, { priority: 'urgent' }), rule({ anyWords: ['never'] }, { neverTicket: true })])
  expect(after.verdict).toMatchObject({ category: 'complaint', priority: 'urgent' })
})

test('never-ticket makes it noise, kept as irrelevant', () => {
  expect(ruled([rule({ anyWords: ['parcel'] }, { neverTicket: true })]).verdict).toMatchObject({
    category: 'irrelevant',
    tier: 'noise',
    priority: 'low',
  })
})

test.each<[string, Partial<Verdict>]>([
  ['an urgent one', { priority: 'urgent', category: 'outage_report' }],
  ['fraud', { reasons: [{ signal: 'fraud', points: 5, because: '“scammed”' }] }],
  ['safety', { reasons: [{ signal: 'safety', points: 5, because: '“fire”' }] }],
  ['self-harm', { reasons: [{ signal: 'selfHarm', points: 9, because: '“…”' }] }],
])('never-ticket, a lower priority and a lower category are held back from %s', (_name, given) => {
  for (const actions of [{ neverTicket: true }, { category: 'positive_feedback' }] satisfies RuleActions[]) {
    const judged = verdict(given)
    const { verdict: after, held } = ruled([rule({ anyWords: ['parcel'] }, actions)], mention(), judged)
    expect(after).toMatchObject({ category: judged.category, tier: judged.tier, priority: judged.priority })
    expect(held[0]!.withheld).toBe(true)
    expect(after.reasons[0]!.because).toContain('held back')
  }
  const lowered = ruled([rule({ anyWords: ['parcel'] }, { priority: 'normal' })], mention(), verdict(given))
  expect(lowered.verdict.priority).toBe(given.priority ?? 'high')
})

test('a rule’s category takes a doubtful mention out of Review, and noise back to a ticket', () => {
  const doubtful = verdict({ category: 'spam', tier: 'noise', priority: 'low', needsReview: true })
  expect(ruled([rule({ anyWords: ['parcel'] }, { category: 'complaint' })], mention(), doubtful).verdict).toMatchObject({
    category: 'complaint',
    tier: 1,
    priority: 'high',
    needsReview: false,
  })
})

test('stricter thresholds make triage more careful: unsure noise and unsure tickets go to Review', () => {
  const strict = compileRules([], { noise: 0.95, review: 0.6 })
  const noise = verdict({ category: 'spam', tier: 'noise', priority: 'low', confidence: 0.9 })
  expect(applyRules(strict, noise, mention()).verdict).toMatchObject({ category: 'spam', needsReview: true })
  expect(applyRules(strict, verdict({ confidence: 0.5 }), mention()).verdict.needsReview).toBe(true)
  expect(applyRules(strict, verdict({ confidence: 0.7 }), mention()).verdict.needsReview).toBe(false)
  expect(applyRules(compileRules([], judgesThresholds), { ...noise, confidence: 0.2 }, mention()).verdict.needsReview).toBe(false)
})

test.each<[string, Partial<Verdict>, Partial<Verdict>]>([
  [
    'noise that only doubt had kept is dropped',
    { nearlyNoise: { category: 'irrelevant', confidence: 0.7 } },
    { category: 'irrelevant', tier: 'noise', needsReview: false },
  ],
  ['less sure noise still goes to a person', { nearlyNoise: { category: 'irrelevant', confidence: 0.5 } }, { tier: 2, needsReview: true }],
  [
    'danger is no matter of thresholds',
    { nearlyNoise: { category: 'spam', confidence: 0.7 }, reasons: [{ signal: 'safety', points: 5, because: 'fire' }] },
    { tier: 2, needsReview: true },
  ],
  ['doubt alone passes', { confidence: 0.25 }, { tier: 2, needsReview: false }],
  ['more doubt does not', { confidence: 0.1 }, { needsReview: true }],
  ['what a person must see for another reason stays', { confidence: 0.25, isDoubted: undefined }, { needsReview: true }],
])('looser thresholds: %s', (_name, given, expected) => {
  const doubted = verdict({ category: 'general_reference', tier: 2, priority: 'normal', needsReview: true, isDoubted: true, ...given })
  const { verdict: after } = applyRules(compileRules([], { noise: 0.6, review: 0.2 }), doubted, mention())
  expect(after).toMatchObject(expected)
  expect(applyRules(compileRules([], judgesThresholds), doubted, mention()).verdict).toEqual(doubted)
})

test('our own words are nobody’s to sort', () => {
  expect(
    ruled(
      [rule({ anyWords: ['parcel'] }, { priority: 'urgent', tags: ['x'] })],
      mention(),
      verdict({ category: 'own_or_staff', tier: 'noise' }),
    ).held,
  ).toEqual([])
})

test('odd text is folded in bounded time', () => {
  for (const text of ['', '\u200b\u202e', '\ud800', '😀'.repeat(10_000), 'a'.repeat(64_000), 'é'.repeat(30_000)])
    expect(foldWords(text).startsWith(' ')).toBe(true)
})

async function stage() {
  const world = await testWorld({ connectors: [plainConnector()] })
  const account = await world.account({ platform: 'plain' })
  const hear = async (...texts: string[]) => {
    await deliver(
      world,
      account,
      texts.map((text, i) =>
        says(text, { externalId: `${text}-${i}`, author: { externalId: `a${text}${i}`, handle: `person_${i}`, name: 'P', followers: 5 } }),
      ),
    )
    await readDeliveries(world.desk)
    await triageMentions(world.desk)
  }
  const write = (conditions: RuleConditions, actions: RuleActions, name = 'Parcels') =>
    writeRule(world.desk, world.ana.id, { name, isActive: true, conditions, actions })
  return { world, hear, write, db: world.desk.db }
}

test('a batch follows the rules: tags, assignee, priority, and events that name the rule', async () => {
  const { world, hear, write, db } = await stage()
  await write({ anyWords: ['parcel'] }, { priority: 'urgent', tags: ['parcel'], assigneeId: world.ben.id })
  await hear('Where is my parcel? It is three weeks late', 'Why was my card charged twice?')
  const tickets = await db.selectFrom('tickets').selectAll().orderBy('priorityRank').execute()
  expect(tickets).toHaveLength(2)
  expect(tickets[0]).toMatchObject({ priority: 'urgent', assigneeId: world.ben.id, tags: expect.arrayContaining(['parcel']) })
  expect(tickets[1]).toMatchObject({ assigneeId: null })
  const events = await db
    .selectFrom('ticketEvents')
    .select(['kind', 'actor'])
    .where('ticketId', '=', tickets[0]!.id)
    .orderBy('id')
    .execute()
  expect(events.slice(1)).toEqual([
    { kind: 'tagged', actor: 'rule “Parcels”' },
    { kind: 'assigned', actor: 'rule “Parcels”' },
  ])
})

test('never-ticket: no ticket, the mention stays and is listed as noise', async () => {
  const { hear, write, db } = await stage()
  await write({ anyWords: ['giveaway'] }, { neverTicket: true })
  await hear('When does the giveaway end? I asked twice now')
  expect(await db.selectFrom('tickets').select('id').execute()).toEqual([])
  const [kept] = await db.selectFrom('mentions').selectAll().execute()
  expect(kept).toMatchObject({ category: 'irrelevant', needsReview: false, ticketId: null })
  expect(kept!.verdict!.reasons[0]!.because).toBe('rule “Parcels”')
})

test('a teammate who left, or may only read, is given nothing; a ticket somebody has stays theirs', async () => {
  const { world, hear, write, db } = await stage()
  await write({ anyWords: ['parcel'] }, { assigneeId: world.ben.id })
  await db.updateTable('teammates').set({ isActive: false }).where('id', '=', world.ben.id).execute()
  await hear('Where is my parcel? It is three weeks late')
  expect((await db.selectFrom('tickets').select('assigneeId').executeTakeFirstOrThrow()).assigneeId).toBeNull()
})

test.each<[string, Parameters<typeof writeRule>[2], string]>([
  ['no name', { name: ' ', isActive: true, conditions: { isVip: true }, actions: { tags: ['a'] } }, 'Give it a name'],
  ['no condition', { name: 'a', isActive: true, conditions: {}, actions: { tags: ['a'] } }, 'Say when it holds'],
  ['no action', { name: 'a', isActive: true, conditions: { isVip: true }, actions: {} }, 'Say what it does'],
  ['only punctuation', { name: 'a', isActive: true, conditions: { anyWords: ['!!!'] }, actions: { tags: ['a'] } }, 'no letter or digit'],
  [
    'two ends at once',
    { name: 'a', isActive: true, conditions: { isVip: true }, actions: { neverTicket: true, priority: 'high' } },
    'one or the other',
  ],
  [
    'no confidence is both',
    { name: 'a', isActive: true, conditions: { confidenceAtLeast: 0.8, confidenceBelow: 0.5 }, actions: { tags: ['a'] } },
    'No confidence',
  ],
])('a rule with %s is refused in words', async (_name, given, words) => {
  const { world } = await stage()
  const saved = await writeRule(world.desk, world.ana.id, given)
  expect(saved).toEqual({ ok: false, problems: [expect.stringContaining(words)] })
})

test('rules are ordered, switched off and removed; each change is audited', async () => {
  const { world, write, db } = await stage()
  for (const name of ['A', 'B', 'C']) await write({ isVip: true }, { tags: [name] }, name)
  const idOf = async (name: string) => (await db.selectFrom('rules').select('id').where('name', '=', name).executeTakeFirstOrThrow()).id
  const names = async () => (await db.selectFrom('rules').select('name').orderBy('position').execute()).map(one => one.name).join('')
  await changeRule(world.desk, world.ana.id, await idOf('C'), 'up')
  expect(await names()).toBe('ACB')
  await changeRule(world.desk, world.ana.id, await idOf('A'), 'up')
  await changeRule(world.desk, world.ana.id, await idOf('A'), 'off')
  await changeRule(world.desk, world.ana.id, await idOf('C'), 'remove')
  expect(await names()).toBe('AB')
  const actions = (await db.selectFrom('auditEntries').select('action').orderBy('id').execute()).map(one => one.action)
  expect(actions).toEqual(['rule written', 'rule written', 'rule written', 'rule moved up', 'rule switched off', 'rule removed'])
})

test('thresholds are stored within their bounds only', async () => {
  const { world } = await stage()
  await saveThresholds(world.desk, world.ana.id, { noise: 0.9, review: 0.5 })
  await expect(saveThresholds(world.desk, world.ana.id, { noise: 0.4, review: 0.5 })).rejects.toThrow()
})
