// What one mention is worth: category, tier, priority, sentiment, and the reasons, so that a person can disagree. Pure.
import type { Category, JudgeContext, Mention, NoiseCategory, Priority, Reason, Tier, Verdict } from '../domain.ts'
import { contextAside, contextRules } from './context-rules.ts'
import { feelingWith, opinionAside, opinionRules } from './opinion-rules.ts'
import { actionability, type Scorer, type Scores, scorerNamed, urgency } from './scorer.ts'
import { dangerRules } from './signals/danger.ts'
import { type JudgedCategory, judgedCategories, saysTheOpposite } from './signals/heads.ts'
import { spokenLanguages } from './signals/language.ts'
import { outageRules } from './signals/outage.ts'
import { peerRules } from './signals/peer.ts'
import { publicityRules } from './signals/publicity.ts'
import { askedOfUs, askingWords } from './signals/question.ts'
import { type Cue, has, type Reading, readMention } from './signals/reading.ts'
import { reasonsFor, signed } from './signals/reasons.ts'
import { quote, type Rule } from './signals/rule.ts'
import { solvedWords } from './signals/solved.ts'
import { spamRules } from './signals/spam.ts'
import { isOnlyThanks } from './signals/thanks.ts'

export type JudgedMention = Pick<Mention, 'text' | 'visibility' | 'direction' | 'platform' | 'language'>

/** Dropping as noise needs this much, and no sign of a question, a complaint or an outage. */
const noiseConfidence = 0.85
const thanksConfidence = 0.9
/** All categories of the first tier together, from here on, make it a ticket. */
const firstTierFires = 0.5
/** A second label is worth a tag from here on. */
const tagFires = 0.2
/** Less sure than this of the tier, or of the category: a person looks. */
const sureOfTier = 0.65
const sureOfCategory = 0.3
/** Less sure than this that something is down ("nope, still not working") or may spread: it comes first only among the high. */
const sureOfAlarm = 0.7

const tier1: readonly JudgedCategory[] = [
  'outage_report',
  'pr_risk',
  'urgent_request',
  'account_question',
  'technical_question',
  'complaint',
]
/** Urgent by themselves. */
const alarms: readonly Category[] = ['outage_report', 'pr_risk']
const questions: readonly JudgedCategory[] = ['account_question', 'technical_question']
const noise: readonly JudgedCategory[] = ['spam', 'irrelevant', 'thanks_only', 'peer_answered']

/** `scorer`: the trained heads unless another is given; one that a workspace's corrections moved comes from `taughtScorer` in learn.ts. */
export function judge(mention: JudgedMention, context: JudgeContext, scorer: Scorer = scorerNamed('linear')): Verdict {
  return weigh(mention, context, scorer).verdict
}

/** The verdict with what it was drawn from; `shares` and `scores` are missing where the words were never read. */
export interface Weighed {
  verdict: Verdict
  /** Every category's share of belief, rules included. */
  shares?: ReadonlyMap<Category, number>
  scores?: Scores
  reading?: Reading
}

export function weigh(mention: JudgedMention, context: JudgeContext, scorer: Scorer): Weighed {
  if (context.isOwn || mention.direction === 'outbound') return { verdict: known('own_or_staff', 'own', 'written by us', scorer) }
  const isPrivate = context.visibility === 'private' || mention.visibility === 'private'
  if (context.isRepeat && !isPrivate)
    return { verdict: known('duplicate', 'repeat', 'the same author said exactly this within the last day', scorer) }

  const decision = decide(mention.text, context, isPrivate, scorer)
  const { reading, scores, rules, odds, shares, choice, knowsLanguage } = decision
  const category = choice.category
  const feeling = feelingWith(scores.sentiment, context.secondOpinion)
  const confidence = knowsLanguage ? shares.get(category)! : 0
  const because = [
    ...reasonsFor(
      scores,
      reading,
      category,
      rules.filter(rule => rule.category === category),
      strengthWithout(odds, category),
    ),
    ...contextAside(rules, category),
    ...opinionAside(context.secondOpinion, category),
  ]
  const canBeJudged = knowsLanguage && reading.wordCount + reading.emoji > 0
  // Who asks us gets a ticket, whatever it is about.
  const isDoubted = choice.isUnsure || (!choice.isAsked && confidence < sureOfCategory)
  const priority = priorityOf(category, rules, confidence)
  const solved = solvedWords(reading, feeling.negative)
  const verdict: Verdict = {
    category,
    tier: tierOf(category),
    priority: solved && priority !== 'low' ? 'normal' : priority,
    confidence,
    sentiment: feeling.positive - feeling.negative,
    sentimentLabel: labelOf(feeling),
    actionable: actionability(scores),
    urgent: rules.some(rule => rule.isUrgent) ? Math.max(0.97, urgency(scores)) : urgency(scores),
    complaint: scores.complaint,
    language: reading.language,
    tags: tagsFor(category, shares, rules),
    needsReview: !canBeJudged || isDoubted,
    ...(canBeJudged && isDoubted ? { isDoubted: true as const } : {}),
    ...(solved ? { saysSolved: true as const } : {}),
    ...(choice.nearlyNoise && feeling.negative < 0.5 ? { nearlyNoise: choice.nearlyNoise } : {}),
    reasons: [
      ...(knowsLanguage
        ? []
        : [{ signal: 'language', points: 0, because: `no word lists for ${reading.language ?? 'this script'}: a person looks` }]),
      ...because,
      ...(solved ? [solvedAside(reading, solved)] : []),
    ],
    wouldChange: wouldChange(decision, because, context, isPrivate, scorer),
    model: scorer.model,
  }
  return { verdict, shares, scores, reading }
}

/** It bears on how soon, not on what it is about. */
function solvedAside(reading: Reading, { start, end }: Cue): Reason {
  return {
    signal: 'solved',
    points: 0,
    because: `${quote(reading, { start, end })}: it says that it is over, so it can wait`,
    span: [start, end],
  }
}

interface Decision {
  reading: Reading
  scores: Scores
  rules: Rule[]
  odds: Map<Category, number>
  shares: Map<Category, number>
  choice: Choice
  knowsLanguage: boolean
}

function decide(text: string, context: JudgeContext, isPrivate: boolean, scorer: Scorer): Decision {
  const reading = readMention(text)
  const scores = scorer.score(reading, isPrivate || context.addressesUs)
  const knowsLanguage = !reading.isForeignScript && (reading.language === null || spokenLanguages.has(reading.language))
  const question = askedOfUs(reading, { ...context, visibility: isPrivate ? 'private' : 'public' })
  const rules = rulesFor(reading, scores, context, isPrivate, question)
  const odds = oddsOf(scores, rules)
  const mayDrop = dropTest(reading, context, rules, isPrivate, knowsLanguage)
  const choice = choose(odds, rules, question !== undefined, mayDrop, isPrivate || context.addressesUs)
  return { reading, scores, rules, odds, shares: sharesOf(odds), choice, knowsLanguage }
}

/** One sentence for the ticket page: `complaint 0.91 because “third time”, “still no”; sentiment −0.6`. */
export function explain(verdict: Verdict): string {
  const causes: string[] = []
  for (const reason of verdict.reasons) {
    if (
      reason.points <= 0 ||
      reason.signal === 'start' ||
      reason.signal === 'rivals' ||
      reason.signal === 'shape' ||
      reason.signal === 'wording' ||
      reason.signal === 'sentiment'
    )
      continue
    const words = reason.because.match(quoted)?.[0] ?? reason.because
    if (!causes.some(cause => cause.includes(words.slice(1, -1)) || words.includes(cause.slice(1, -1)))) causes.push(words)
    if (causes.length === 3) break
  }
  const because = causes.length > 0 ? ` because ${causes.join(', ')}` : ''
  return `${named(verdict.category)} ${verdict.confidence.toFixed(2)}${because}; sentiment ${signed(verdict.sentiment)}`
}

function rulesFor(
  reading: Reading,
  scores: Scores,
  context: JudgeContext,
  isPrivate: boolean,
  question: { start: number; end: number } | undefined,
): Rule[] {
  const rules = [
    ...dangerRules(reading, scores.sentiment),
    ...outageRules(reading, context),
    ...publicityRules(reading, context, scores.sentiment),
    ...peerRules(reading, context),
    ...spamRules(reading),
    ...contextRules(reading, context, scores),
    ...opinionRules(context.secondOpinion),
  ]
  const odds = oddsOf(scores, [])
  if (question) {
    const category = odds.get('account_question')! > odds.get('technical_question')! ? 'account_question' : 'technical_question'
    rules.push({
      signal: 'question',
      category,
      points: 1.5,
      because: `${quote(reading, question)}: a direct question to us`,
      span: [question.start, question.end],
    })
  }
  if (isOnlyThanks(reading) && !context.hasAttachment) {
    // "thanks, lovely staff in the Hilltop shop" is praise that somebody should see.
    const isPraise = has(reading, 'praise') && reading.wordCount > 5
    rules.push({ signal: 'onlyThanks', category: 'thanks_only', points: isPraise ? 1 : 6.5, because: 'nothing but thanks' })
  } else rules.push({ signal: 'onlyThanks', category: 'thanks_only', points: -5, because: 'more than thanks' })
  if (saysTheOpposite(reading))
    rules.push({ signal: 'opposite', category: 'positive_feedback', points: -4, because: 'the praise is not meant' })
  const addresses = isPrivate || context.addressesUs
  rules.push(...addressRules(odds, addresses))
  if (reading.wordCount === 0 && reading.links === 0 && reading.emoji > 0 && !context.hasAttachment) {
    rules.push({ signal: 'noWords', category: 'irrelevant', points: 4, because: 'emoji alone' })
  }
  return rules
}

/** Talk that names us is a reference to us, and a reference that does not is talk: what speaks for the one is handed to the other, and to nothing else. */
function addressRules(odds: ReadonlyMap<Category, number>, addresses: boolean): Rule[] {
  const [from, to] = addresses
    ? (['untargeted_comment', 'general_reference'] as const)
    : (['general_reference', 'untargeted_comment'] as const)
  const because = addresses ? 'it speaks to us' : 'it does not speak to us'
  return [
    { signal: 'addressed', category: from, points: -6, because },
    { signal: 'addressed', category: to, points: Math.log1p(Math.exp(odds.get(from)! - odds.get(to)!)), because },
  ]
}

function oddsOf(scores: Scores, rules: readonly Rule[]): Map<Category, number> {
  const odds = new Map<Category, number>(judgedCategories.map((category, i) => [category, scores.care[i]!]))
  for (const rule of rules) odds.set(rule.category, odds.get(rule.category)! + rule.points)
  return odds
}

/** Which noise, if any, this mention may be dropped as. */
function dropTest(
  reading: Reading,
  context: JudgeContext,
  rules: readonly Rule[],
  isPrivate: boolean,
  knowsLanguage: boolean,
): (category: JudgedCategory) => boolean {
  const hasCue =
    reading.hasQuestionMark ||
    askingWords(reading) !== undefined ||
    has(
      reading,
      'outage',
      'everyone',
      'fault',
      'delay',
      'repeat',
      'staff',
      'product',
      'anger',
      'churn',
      'abuse',
      'money',
      'account',
      'help',
      'sarcasm',
    ) ||
    has(reading, 'fraud', 'takeover', 'safety', 'selfHarm', 'threat', 'legal', 'stranded', 'publicity', 'prejudice')
  return category => {
    if (!knowsLanguage) return false
    if (category === 'thanks_only') return !isPrivate && isOnlyThanks(reading) && !context.hasAttachment
    if (hasCue) return false
    if (category === 'spam')
      return rules.some(rule => rule.signal === 'spam') || (reading.links > 0 && has(reading, 'offer', 'scam', 'pitch'))
    return !isPrivate && !context.hasOpenTicket && !context.isVip
  }
}

interface Choice {
  category: JudgedCategory
  wasNoise: boolean
  isUnsure: boolean
  /** A direct question to us. */
  isAsked?: boolean
  /** Only doubt kept it from being dropped as this. */
  nearlyNoise?: { category: NoiseCategory; confidence: number }
}

/** The highest tier that fires wins; in it, the strongest. Noise that may not be dropped goes to the nearest tier 2, and to a person. */
function choose(
  odds: Map<Category, number>,
  rules: readonly Rule[],
  isQuestion: boolean,
  mayDrop: (category: JudgedCategory) => boolean,
  addresses: boolean,
): Choice {
  if (rules.some(rule => rule.isUrgent)) {
    const loud = strongest(odds, ['outage_report', 'pr_risk', 'urgent_request'])
    return { category: odds.get(loud)! > odds.get('urgent_request')! + 2 ? loud : 'urgent_request', wasNoise: false, isUnsure: false }
  }
  const shares = sharesOf(odds)
  const first = tier1.reduce((sum, category) => sum + shares.get(category)!, 0)
  if (first >= firstTierFires)
    return { category: strongest(odds, tier1), wasNoise: false, isUnsure: !isQuestion && first < sureOfTier, isAsked: isQuestion }
  // Asked, and no sign of any trouble: it is a question about something, not the likeliest of unlikely alarms.
  if (isQuestion) return { category: strongest(odds, questions), wasNoise: false, isUnsure: false, isAsked: true }
  const best = strongest(
    odds,
    judgedCategories.filter(category => !tier1.includes(category)),
  )
  const second: readonly JudgedCategory[] = ['positive_feedback', addresses ? 'general_reference' : 'untargeted_comment']
  if (!noise.includes(best)) return { category: best, wasNoise: false, isUnsure: first > 1 - sureOfTier }
  if (mayDrop(best) && shares.get(best)! >= (best === 'thanks_only' ? thanksConfidence : noiseConfidence))
    return { category: best, wasNoise: false, isUnsure: false }
  const nearlyNoise = mayDrop(best) ? { nearlyNoise: { category: best as NoiseCategory, confidence: shares.get(best)! } } : {}
  return { category: strongest(odds, second), wasNoise: true, isUnsure: true, ...nearlyNoise }
}

/** Every category's share of belief; together 1. */
function sharesOf(odds: Map<Category, number>): Map<Category, number> {
  const top = Math.max(...odds.values())
  let total = 0
  for (const value of odds.values()) total += Math.exp(value - top)
  return new Map([...odds].map(([category, value]) => [category, Math.exp(value - top) / total]))
}

/** How strong all the others are together. */
function strengthWithout(odds: Map<Category, number>, category: Category): number {
  let top = -Infinity
  for (const [other, value] of odds) if (other !== category) top = Math.max(top, value)
  let total = 0
  for (const [other, value] of odds) if (other !== category) total += Math.exp(value - top)
  return top + Math.log(total)
}

function tagsFor(category: JudgedCategory, shares: Map<Category, number>, rules: readonly Rule[]): Category[] {
  return judgedCategories.filter(
    other =>
      other !== category &&
      !noise.includes(other) &&
      (shares.get(other)! >= tagFires || rules.some(rule => rule.category === other && rule.points >= 2)),
  )
}

function strongest(odds: Map<Category, number>, among: readonly JudgedCategory[]): JudgedCategory {
  return among.reduce((best, category) => (odds.get(category)! > odds.get(best)! ? category : best))
}

function tierOf(category: Category): Tier {
  if ((tier1 as readonly Category[]).includes(category)) return 1
  return category === 'general_reference' || category === 'positive_feedback' || category === 'untargeted_comment' ? 2 : 'noise'
}

function priorityOf(category: Category, rules: readonly Rule[], confidence: number): Priority {
  if (rules.some(rule => rule.isUrgent)) return 'urgent'
  // An accusation, or an audience, needs no certainty.
  const isTold = category === 'pr_risk' && rules.some(rule => rule.category === 'pr_risk' && rule.points > 0)
  if (isTold || (alarms.includes(category) && confidence >= sureOfAlarm)) return 'urgent'
  const tier = tierOf(category)
  return tier === 1 ? 'high' : tier === 2 ? 'normal' : 'low'
}

function labelOf({ negative, neutral, positive }: Scores['sentiment']): Verdict['sentimentLabel'] {
  return negative >= neutral && negative >= positive ? 'negative' : positive > neutral ? 'positive' : 'neutral'
}

function known(category: NoiseCategory, signal: string, because: string, scorer: Scorer): Verdict {
  return {
    category,
    tier: 'noise',
    priority: 'low',
    confidence: 1,
    sentiment: 0,
    sentimentLabel: 'neutral',
    actionable: 0,
    language: null,
    tags: [],
    needsReview: false,
    reasons: [{ signal, points: 40, because }],
    wouldChange: null,
    model: scorer.model,
  }
}

function wouldChange(
  decision: Decision,
  reasons: readonly Reason[],
  context: JudgeContext,
  isPrivate: boolean,
  scorer: Scorer,
): string | null {
  const { reading, rules, odds, shares, choice, knowsLanguage } = decision
  const { category, wasNoise } = choice
  if (!knowsLanguage) return 'Word lists for this language would let it be judged.'
  if (noise.includes(category)) return 'A question, or any sign of a problem, would have kept it from noise.'
  if (wasNoise) return `Surer than ${noiseConfidence} and without a sign of a question or a problem, it would have been dropped as noise.`
  const alarm = rules.find(rule => rule.isUrgent && rule.span)
  if (alarm?.span) {
    // Rare enough to be judged once more without the words that raised it.
    const [start, end] = alarm.span
    const other = decide(`${reading.text.slice(0, start)} ${reading.text.slice(end)}`, context, isPrivate, scorer)
    return `Without ${alarm.because.match(quoted)?.[0]} it would be ${named(other.choice.category)}, ${priorityOf(other.choice.category, other.rules, other.shares.get(other.choice.category)!)}.`
  }
  if (alarms.includes(category) && priorityOf(category, rules, shares.get(category)!) !== 'urgent')
    return `Surer than ${sureOfAlarm} it would be urgent.`
  const rival = judgedCategories
    .filter(other => other !== category)
    .reduce((best, other) => (odds.get(other)! > odds.get(best)! ? other : best))
  const cause = reasons.find(reason => reason.points > 0 && reason.span)
  if (cause && odds.get(category)! - cause.points < odds.get(rival)!)
    return `Without ${cause.because.match(quoted)?.[0] ?? cause.because} it would be ${named(rival)}.`
  return `The next nearest is ${named(rival)} (${shares.get(rival)!.toFixed(2)}).`
}

const quoted = /^“[^”]*”/

function named(category: Category): string {
  return category.replaceAll('_', ' ')
}
