// What gives a text its scores, behind one interface: the trained heads, or the plain word list, each with the words that weighed.
import { createRequire } from 'node:module'
import type { CueName } from './lexicon/cues.ts'
import { log } from './signals/exactly.ts'
import { featuresOf, feelingMeasure, measureNames } from './signals/features.ts'
import {
  type CareHead,
  careHeads,
  judgedCategories,
  type Layer,
  type Logits,
  loadWeights,
  type Parts,
  partsOf,
  scoreLayer,
  scoreWeights,
  sigmoid,
  softmax,
  type Weights,
} from './signals/heads.ts'
import type { Reading } from './signals/reading.ts'

export const scorerNames = ['linear', 'lexicon'] as const
export type ScorerName = (typeof scorerNames)[number]

/** Features to heads, nothing else: no rules, no context, no clock. A stronger scorer is another object of this shape. */
export interface Scorer {
  name: string
  /** Name and version, kept with every verdict. */
  model: string
  /** `speaksToBrand`: it addresses us, so a problem is likelier than in small talk. */
  score(reading: Reading, speaksToBrand: boolean): Scores
}

export interface Scores {
  /** Probabilities. */
  sentiment: { negative: number; neutral: number; positive: number }
  /** By number of `careHeads`: log-odds; categories against one another, priorities against one another, the others on their own. */
  care: Float64Array
  /** P(something was expected and not given): the head's word, weighed with the feeling, the wish to act, a "not" and a question. */
  complaint: number
  logits: Logits
  /** What one head's log-odds are made of: together they are `care[head]`. */
  partsOf(head: CareHead): Parts
}

const made = new Map<ScorerName, Scorer>()

/** The scorer of that name, made once. */
export function scorerNamed(name: ScorerName): Scorer {
  let scorer = made.get(name)
  if (!scorer) made.set(name, (scorer = name === 'lexicon' ? lexiconScorer() : linearScorer()))
  return scorer
}

export function isScorerName(name: string): name is ScorerName {
  return (scorerNames as readonly string[]).includes(name)
}

/** The trained heads. */
export function linearScorer(weights: Weights = loadWeights()): Scorer {
  return {
    name: 'linear',
    model: weights.model,
    score(reading, speaksToBrand) {
      const logits = scoreWeights(weights, reading, speaksToBrand)
      return scoresOf(logits, head => partsOf(weights.care, careHeads.indexOf(head), logits.features, reading.words.length), reading)
    },
  }
}

/** `reading`: without it, what only the words tell of a complaint is left out. */
export function scoresOf(logits: Logits, parts: (head: CareHead) => Parts, reading?: Reading): Scores {
  const shares = softmax(logits.sentiment)
  const sentiment = { negative: shares[0]!, neutral: shares[1]!, positive: shares[2]! }
  return { sentiment, care: logits.care, complaint: complaintOf(reading, sentiment.negative, logits.care), logits, partsOf: parts }
}

/** The weights are round numbers, chosen on development rows (docs/triage.md). */
function complaintOf(reading: Reading | undefined, negative: number, care: Float64Array): number {
  const feeling = log((negative + 1e-4) / (1 - negative + 1e-4))
  const negation = reading?.counts.has('negation') ? 0.5 : 0
  const question = reading?.hasQuestionMark ? 0.7 : 0
  return sigmoid(0.15 * care[careHeads.length - 1]! + 0.5 * feeling + 0.3 * care[careHeads.length - 2]! + negation + question - 1)
}

/** P(a rep should act). */
export function actionability(scores: Scores): number {
  return sigmoid(scores.care[careHeads.indexOf('actionable')]!)
}

/** P(urgent or high). */
export function urgency(scores: Scores): number {
  const shares = softmax(scores.care, judgedCategories.length, judgedCategories.length + 4)
  return shares[0]! + shares[1]!
}

/** What each cue adds to each category where no head was trained: a first guess, written by hand. */
const cuePoints: Partial<Record<CueName, Partial<Record<CareHead, number>>>> = {
  outage: { outage_report: 3, high: 2, actionable: 2, breach: 2 },
  everyone: { outage_report: 1.5 },
  oneDevice: { technical_question: 1, outage_report: -1 },
  fault: { technical_question: 2, complaint: 0.5, actionable: 1.5, breach: 1.5 },
  account: { account_question: 2.5, actionable: 1.5 },
  money: { account_question: 1.5, complaint: 0.5, actionable: 1, breach: 1 },
  fraud: { urgent_request: 3, urgent: 3, actionable: 2 },
  takeover: { urgent_request: 4, urgent: 4, actionable: 2 },
  safety: { urgent_request: 3.5, urgent: 4, actionable: 2 },
  selfHarm: { urgent_request: 5, urgent: 5, actionable: 2 },
  threat: { urgent_request: 4, urgent: 4, actionable: 2 },
  legal: { urgent_request: 2, urgent: 1, actionable: 1, breach: 1 },
  stranded: { urgent_request: 3, urgent: 3, actionable: 2, breach: 1 },
  publicity: { pr_risk: 2 },
  prejudice: { pr_risk: 3, actionable: 1, breach: 1 },
  delay: { complaint: 2, high: 0.5, actionable: 1.5, breach: 2 },
  repeat: { complaint: 1, actionable: 1, breach: 1.5 },
  staff: { complaint: 2, actionable: 1, breach: 2 },
  product: { complaint: 2, actionable: 1, breach: 2 },
  anger: { complaint: 1.5, breach: 1.5 },
  churn: { complaint: 1.5, breach: 1 },
  abuse: { complaint: 0.5, breach: 0.5 },
  question: { general_reference: 1.5, actionable: 1 },
  help: { technical_question: 1, account_question: 0.5, actionable: 1.5 },
  gratitude: { thanks_only: 1.5, positive_feedback: 1, low: 1, actionable: -1 },
  praise: { positive_feedback: 2.5, low: 1.5, actionable: -1.5, breach: -1 },
  sarcasm: { complaint: 3, positive_feedback: -2, breach: 2 },
  offer: { spam: 1.5, low: 1 },
  scam: { spam: 2, low: 1 },
  job: { general_reference: 1, irrelevant: 0.5, low: 1 },
  advice: { peer_answered: 2, low: 1 },
  news: { untargeted_comment: 2, low: 1 },
  suggestion: { general_reference: 1.5 },
}
const feelingPoints: Partial<Record<CareHead, number>> = { positive_feedback: 1.5, complaint: -1, breach: -1.2 }

/** The plain baseline: natural's AFINN word list for sentiment, and points by hand for each cue. Nothing in it was trained. */
export function lexiconScorer(): Scorer {
  const require = createRequire(import.meta.url)
  // By sub-path: the whole package brings database drivers along.
  const { SentimentAnalyzer } = require('natural/lib/natural/sentiment/index.js') as {
    SentimentAnalyzer: new (language: string, stemmer: undefined, vocabulary: string) => { getSentiment(words: string[]): number }
  }
  const { WordTokenizer } = require('natural/lib/natural/tokenizers/index.js') as {
    WordTokenizer: new () => { tokenize(text: string): string[] }
  }
  const afinn = new SentimentAnalyzer('English', undefined, 'afinn')
  const tokenizer = new WordTokenizer()
  const layer = layerByHand()
  return {
    name: 'lexicon',
    model: 'natural-afinn-8',
    score(reading) {
      const features = featuresOf(reading)
      const words = tokenizer.tokenize(reading.text.slice(0, 4000).toLowerCase())
      const valence = words.length > 0 ? afinn.getSentiment(words) : 0
      const sentiment = Float64Array.of(valence < 0 ? 1.2 : 0, valence === 0 ? 1.2 : 0, valence > 0 ? 1.2 : 0)
      features.measures[feelingMeasure] = Math.max(-1, Math.min(1, valence))
      const logits: Logits = { sentiment, care: scoreLayer(layer, features), features }
      return scoresOf(logits, head => partsOf(layer, careHeads.indexOf(head), features, reading.words.length), reading)
    },
  }
}

function layerByHand(): Layer {
  const measures = measureNames.map(() => careHeads.map(() => 0))
  const set = (measure: string, head: CareHead, points: number) => {
    measures[measureNames.indexOf(measure)]![careHeads.indexOf(head)] = points
  }
  for (const [cue, heads] of Object.entries(cuePoints))
    for (const [head, points] of Object.entries(heads)) set(`cue:${cue}`, head as CareHead, points)
  for (const [head, points] of Object.entries(feelingPoints)) set('feeling', head as CareHead, points)
  const bias = careHeads.map(head =>
    head === 'general_reference' || head === 'normal' ? 0.5 : head === 'actionable' || head === 'breach' ? -1 : 0,
  )
  return { heads: careHeads, bits: 0, bias, steps: careHeads.map(() => 0), measures, hashed: new Int8Array(careHeads.length) }
}
