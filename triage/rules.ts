// Rules on top of the judge: which hold for a mention, and what the verdict becomes; pure. Thresholds a lead chose come first.
import type { Category, Id, Judgement, Priority, Rule, RuleActions, Verdict, Visibility } from '../domain.ts'
import { priorityOf, tierOf } from './categories.ts'

/** What rules may ask about beside the verdict. */
export interface RuledMention {
  text: string
  platform: string
  visibility: Visibility
  /** As the judge read it, else as the platform says. */
  language: string | null
  handle: string | null
  followers: number | null
  isVip: boolean
  hasOpenTicket: boolean
  isReplyToUs: boolean
}
/** What rules read of a verdict. */
export type Judged = Judgement & Pick<Verdict, 'confidence' | 'sentiment' | 'nearlyNoise' | 'isDoubted'> & { isDangerous: boolean }

/** Above the judge's own they send more to people, below it less. Danger, questions and any sign of trouble are no matter of thresholds. */
export interface Thresholds {
  /** Less sure than this, noise goes to Review. */
  noise: number
  /** Less sure than this, anything else does. */
  review: number
}
/** What the judge itself keeps to. */
export const judgesThresholds: Thresholds = { noise: 0.85, review: 0.3 }
/** How far a lead may go either way. */
export const thresholdBounds = { noise: { least: 0.5, most: 0.99 }, review: { least: 0, most: 0.95 } } as const

export interface RuleSet {
  thresholds: Thresholds
  rules: { rule: Rule; holds: (mention: RuledMention, folded: () => string, judged: Judged) => boolean }[]
}
/** What became of one mention. */
export interface Outcome extends Judgement {
  tags: string[]
  assigneeId: Id | null
  /** Rules that held, highest first; `withheld`: it wanted what safety forbids. */
  held: { id: Id; name: string; withheld: boolean }[]
  isBelow: keyof Thresholds | null
  /** A threshold looser than the judge's own let it go, or let it pass. */
  isAbove: keyof Thresholds | null
}
export interface Ruled {
  verdict: Verdict
  tags: string[]
  assigneeId: Id | null
  held: Outcome['held']
}

export function compileRules(rules: readonly Rule[], thresholds: Thresholds): RuleSet {
  const active = rules.filter(rule => rule.isActive).sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1))
  return { thresholds, rules: active.map(rule => ({ rule, holds: conditionsOf(rule) })) }
}

/** The verdict as the rules leave it, saying which rule changed it; `model` stays the judge's. */
export function applyRules(set: RuleSet, verdict: Verdict, mention: RuledMention): Ruled {
  const outcome = outcomeOf(set, { ...verdict, isDangerous: isDangerous(verdict) }, mention)
  const { held, tags, assigneeId, isBelow, isAbove } = outcome
  if (!held.length && !isBelow && !isAbove) return { verdict, tags, assigneeId, held }
  const after: Judgement = { category: outcome.category, tier: outcome.tier, priority: outcome.priority, needsReview: outcome.needsReview }
  const before: Judgement = { category: verdict.category, tier: verdict.tier, priority: verdict.priority, needsReview: verdict.needsReview }
  const isChanged = (Object.keys(after) as (keyof Judgement)[]).some(key => after[key] !== before[key])
  const reasons = [
    ...held.map(one => ({
      signal: 'rule',
      points: 0,
      because: one.withheld ? `rule “${one.name}” was held back: danger comes first` : `rule “${one.name}”`,
    })),
    ...(isBelow ? [{ signal: 'threshold', points: 0, because: belowWords(isBelow, set.thresholds) }] : []),
    ...(isAbove ? [{ signal: 'threshold', points: 0, because: aboveWords(isAbove, set.thresholds) }] : []),
    ...verdict.reasons,
  ]
  return { verdict: { ...verdict, ...after, reasons, ...(isChanged ? { beforeRules: before } : {}) }, tags, assigneeId, held }
}

/** The same without the words: what the time-machine asks a hundred thousand times. */
export function outcomeOf(set: RuleSet, judged: Judged, mention: RuledMention, folded = foldOnce(mention.text)): Outcome {
  const outcome: Outcome = {
    category: judged.category,
    tier: judged.tier,
    priority: judged.priority,
    needsReview: judged.needsReview,
    tags: [],
    assigneeId: null,
    held: [],
    isBelow: null,
    isAbove: null,
  }
  // Our own words are nobody's to sort.
  if (judged.category === 'own_or_staff') return outcome
  outcome.isBelow = belowThreshold(set.thresholds, judged)
  if (outcome.isBelow) outcome.needsReview = true
  outcome.isAbove = aboveThreshold(set.thresholds, judged)
  if (outcome.isAbove) outcome.needsReview = false
  if (outcome.isAbove === 'noise') Object.assign(outcome, { category: judged.nearlyNoise!.category, tier: 'noise', priority: 'low' })
  const done = new Set<keyof RuleActions>()
  for (const { rule, holds } of set.rules) {
    if (!holds(mention, folded, judged)) continue
    outcome.held.push({ id: rule.id, name: rule.name, withheld: act(rule.actions, outcome, judged, done) })
  }
  return outcome
}

/** Urgent, or a sign of danger whatever the priority: no rule may let it go or lower it. */
export function isDangerous(verdict: Pick<Verdict, 'category' | 'priority' | 'reasons'>): boolean {
  return isUrgent(verdict) || verdict.reasons.some(reason => reason.points > 0 && dangerSignals.includes(reason.signal))
}
export const isUrgent = ({ category, priority }: Pick<Verdict, 'category' | 'priority'>) =>
  priority === 'urgent' || URGENT.includes(category)
const URGENT: readonly Category[] = ['urgent_request', 'outage_report', 'pr_risk']
export const dangerSignals: readonly string[] = ['selfHarm', 'threat', 'safety', 'stranded', 'takeover', 'fraud', 'legal', 'vulnerable']

/** Where a mention without a ticket of its own goes; the same choice as filing's, for a page that counts. */
export type Place = 'ticket' | 'review' | 'opportunity' | 'noise'
export function placeOf(judgement: Judgement, mention: { visibility: Visibility; addressesUs: boolean }): Place {
  if (judgement.needsReview && (judgement.tier === 'noise' || mention.visibility === 'public')) return 'review'
  if (judgement.tier === 'noise') return 'noise'
  if (judgement.tier === 1) return 'ticket'
  return mention.addressesUs && judgement.category !== 'untargeted_comment' ? 'ticket' : 'opportunity'
}

/** Lower case, no marks, words between single spaces: so a word is found by ` word `. */
export function foldWords(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(APOSTROPHES, '')
    .replace(LETTERS, letter => OTHER[letter]!)
  return ` ${(plain.match(WORDS) ?? []).join(' ')} `
}

/** Folded when first asked for, then kept. */
export function foldOnce(text: string): () => string {
  let folded: string | undefined
  return () => (folded ??= foldWords(text))
}

/** What is looked for in folded text; null when nothing of it can be found. */
export function needleOf(phrase: string): string | null {
  const folded = foldWords(phrase)
  if (folded === '  ') return null
  if (UNSPACED.test(folded)) return folded.trim()
  return phrase.trim().endsWith('*') ? folded.trimEnd() : folded
}

function belowThreshold(thresholds: Thresholds, judged: Judged): Outcome['isBelow'] {
  if (judged.category === 'duplicate') return null
  if (judged.tier === 'noise') return judged.confidence < thresholds.noise && thresholds.noise > judgesThresholds.noise ? 'noise' : null
  return !judged.needsReview && judged.confidence < thresholds.review && thresholds.review > judgesThresholds.review ? 'review' : null
}

/** Only what doubt alone had kept: everything else the judge keeps for reasons no threshold touches. */
function aboveThreshold(thresholds: Thresholds, judged: Judged): Outcome['isAbove'] {
  if (judged.isDangerous || !judged.isDoubted) return null
  if (judged.nearlyNoise && thresholds.noise < judgesThresholds.noise && judged.nearlyNoise.confidence >= thresholds.noise) return 'noise'
  return !judged.nearlyNoise && thresholds.review < judgesThresholds.review && judged.confidence >= thresholds.review ? 'review' : null
}

const aboveWords = (which: keyof Thresholds, thresholds: Thresholds) =>
  which === 'noise' ? `noise needs only ${percent(thresholds.noise)} here` : `nobody looks from ${percent(thresholds.review)} on here`
const belowWords = (which: keyof Thresholds, thresholds: Thresholds) =>
  which === 'noise'
    ? `noise needs ${percent(thresholds.noise)} here: a person looks`
    : `less sure than the ${percent(thresholds.review)} asked for here: a person looks`
const percent = (share: number) => `${Math.round(share * 100)} %`

/** Does what no higher rule has done yet. True: something was held back. */
function act(actions: RuleActions, outcome: Outcome, judged: Judged, done: Set<keyof RuleActions>): boolean {
  let isWithheld = false
  for (const tag of actions.tags ?? []) if (!outcome.tags.includes(tag)) outcome.tags.push(tag)
  if (actions.assigneeId) outcome.assigneeId ??= actions.assigneeId
  // A higher rule that says how it is to be answered wants it answered.
  if (actions.neverTicket && !done.has('category') && !done.has('priority') && !outcome.assigneeId) {
    if (judged.isDangerous) isWithheld = true
    else {
      done.add('category')
      done.add('priority')
      Object.assign(outcome, { category: 'irrelevant', tier: 'noise', priority: 'low', needsReview: false })
    }
  }
  if (actions.category && !done.has('category')) {
    const tier = tierOf(actions.category)
    if (judged.isDangerous && tier !== 1) isWithheld = true
    else {
      done.add('category')
      outcome.category = actions.category
      outcome.tier = tier
      outcome.needsReview = false
      if (!done.has('priority')) outcome.priority = notBelow(judged, priorityOf(actions.category, 'normal'))
    }
  }
  if (actions.priority && !done.has('priority') && outcome.tier !== 'noise') {
    if (judged.isDangerous && RANKS[actions.priority] > RANKS[judged.priority]) isWithheld = true
    else {
      done.add('priority')
      outcome.priority = actions.priority
    }
  }
  return isWithheld
}

const notBelow = (judged: Judged, priority: Priority): Priority =>
  judged.isDangerous && RANKS[judged.priority] < RANKS[priority] ? judged.priority : priority
const RANKS: Record<Priority, number> = { urgent: 0, high: 1, normal: 2, low: 3 }

function conditionsOf({ conditions: given }: Rule): RuleSet['rules'][number]['holds'] {
  const any = needles(given.anyWords)
  const all = needles(given.allWords)
  const none = needles(given.noWords)
  const authors = given.authors?.length ? new Set(given.authors.map(plainHandle)) : null
  const languages = given.languages?.length ? new Set(given.languages.map(baseOf)) : null
  const { platforms, categories, visibility, followersAtLeast, sentimentAtMost, confidenceAtLeast, confidenceBelow } = given
  return (mention, folded, judged) =>
    (!platforms?.length || platforms.includes(mention.platform)) &&
    (!visibility || visibility === mention.visibility) &&
    (!categories?.length || categories.includes(judged.category)) &&
    (sentimentAtMost === undefined || judged.sentiment <= sentimentAtMost) &&
    (confidenceAtLeast === undefined || judged.confidence >= confidenceAtLeast) &&
    (confidenceBelow === undefined || judged.confidence < confidenceBelow) &&
    (followersAtLeast === undefined || (mention.followers ?? -1) >= followersAtLeast) &&
    (given.isVip === undefined || given.isVip === mention.isVip) &&
    (given.hasOpenTicket === undefined || given.hasOpenTicket === mention.hasOpenTicket) &&
    (given.isReplyToUs === undefined || given.isReplyToUs === mention.isReplyToUs) &&
    (!authors || (mention.handle !== null && authors.has(plainHandle(mention.handle)))) &&
    (!languages || (mention.language !== null && languages.has(baseOf(mention.language)))) &&
    (!any.length || any.some(needle => folded().includes(needle))) &&
    all.every(needle => folded().includes(needle)) &&
    !none.some(needle => folded().includes(needle))
}

/** A rule that asks nothing would hold for everything. */
export const asksSomething = (rule: Pick<Rule, 'conditions'>) =>
  Object.values(rule.conditions).some(value => value !== undefined && (!Array.isArray(value) || value.length > 0))
export const doesSomething = ({ actions }: Pick<Rule, 'actions'>) =>
  !!(actions.priority || actions.category || actions.tags?.length || actions.assigneeId || actions.neverTicket)
export const asksWords = ({ conditions: c }: Pick<Rule, 'conditions'>) => !!(c.anyWords?.length || c.allWords?.length || c.noWords?.length)
export const asksThread = ({ conditions: c }: Pick<Rule, 'conditions'>) => c.hasOpenTicket !== undefined || c.isReplyToUs !== undefined

const needles = (phrases: readonly string[] = []) => phrases.map(needleOf).filter(needle => needle !== null)
export const plainHandle = (handle: string) => handle.trim().replace(/^@/, '').toLowerCase()
const baseOf = (language: string) => language.toLowerCase().split('-')[0]!

// Latin and Arabic marks only: in Indian scripts the vowels are marks.
const MARKS = /[\u0300-\u036f\u064b-\u065f\u0670]/g
const APOSTROPHES = /['’`´ʼ]/g
const WORDS = /[\p{L}\p{N}\p{M}]+|\p{Extended_Pictographic}/gu
const LETTERS = /[ßøłđıæœ]/g
const OTHER: Record<string, string> = { ß: 'ss', ø: 'o', ł: 'l', đ: 'd', ı: 'i', æ: 'ae', œ: 'oe' }
/** Written without spaces between words: a word is found wherever it stands. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
