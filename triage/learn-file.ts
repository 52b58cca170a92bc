// Learns a whole file of corrections in several seeded passes, on top of a scorer: the same file, the same lessons.
import type { Category } from '../domain.ts'
import { bareContext } from './bare.ts'
import type { Correction } from './correction.ts'
import { kindShares, kinds } from './kinds.ts'
import { type Scorer, type Scores, scoresOf } from './scorer.ts'
import { seeded, shuffle } from './signals/chance.ts'
import { exp, log } from './signals/exactly.ts'
import { measureNames } from './signals/features.ts'
import { type CareHead, careHeads, judgedCategories, type Logits, priorities, sentimentHeads, softmax } from './signals/heads.ts'
import { type Reading, readMention } from './signals/reading.ts'

export const subjects = ['sentiment', 'kind', 'category', 'priority', 'actionable', 'complaint'] as const
export type Subject = (typeof subjects)[number]
export const labelsOf: Record<Subject, readonly string[]> = {
  sentiment: sentimentHeads,
  kind: kinds,
  category: judgedCategories,
  priority: priorities,
  actionable: ['no', 'yes'],
  complaint: ['no', 'yes'],
}

/** What a file taught about one subject. */
export interface Lesson {
  subject: Subject
  rows: number
  members: Member[]
  /** Divides the log-odds so that they can be believed. */
  temperature: number
  /** How much of the answer is what was learnt; the rest is what the scorer said before. */
  mix: number
}
interface Member {
  trust: number
  hashed: Float32Array
  dense: Float64Array
  bias: Float64Array
}
export interface Schooling {
  lessons: Lesson[]
  /** How telling each slot is: rare ones most. */
  rarity: Float32Array
}
export interface Answer {
  label: string
  /** By number of `labelsOf[subject]`. */
  shares: Float64Array
}

const bits = 19
const mask = 2 ** bits - 1
const seed = 20240607
/** The scorer's own heads are numbers to learn from, too. */
const denseSize = measureNames.length + sentimentHeads.length + careHeads.length + kinds.length

/** `trust`: how much of what the scorer said before is kept, with few corrections and with many. */
export const schooling = {
  epochs: { few: 8, many: 8 },
  rate: { few: 0.02, many: 0.03 },
  decay: 1e-5,
  smooth: 0.05,
  balance: 0.7,
  members: 3,
  trust: { few: 0.7, many: 0.5 },
}
/** Fewer corrections than this are few. */
const many = 1000

/** One row: hashed words and letters weighted by rarity, and dense measures. */
interface Row {
  slots: Int32Array
  values: Float32Array
  dense: Float64Array
  /** Log-probabilities the scorer gave before, by subject. */
  before: Record<Subject, Float64Array>
}

/** @param tell called now and then with how much is done, 0…1. */
export function learnFile(
  corrections: readonly Correction[],
  scorer: Scorer,
  tell: (share: number, what: string) => void = () => {},
): Schooling {
  const rarity = new Float32Array(mask + 1)
  const rows = corrections.map((correction, i) => {
    if (i % 1000 === 0) tell((0.3 * i) / corrections.length, 'reading')
    return rowOf(correction.text, scorer)
  })
  countSlots(rows, rarity)
  for (const row of rows) weighSlots(row, rarity)
  const lessons: Lesson[] = []
  for (const subject of subjects) {
    const told = corrections.map(correction => labelOf(correction, subject))
    const at = told.flatMap((label, i) => (label < 0 ? [] : [i]))
    if (at.length < 4) continue
    tell(0.3 + (0.7 * subjects.indexOf(subject)) / subjects.length, subject)
    lessons.push(
      teach(
        subject,
        at.map(i => rows[i]!),
        at.map(i => told[i]!),
        share => tell(0.3 + (0.7 * (subjects.indexOf(subject) + share)) / subjects.length, subject),
      ),
    )
  }
  return { lessons, rarity }
}

function labelOf(correction: Correction, subject: Subject): number {
  const value = correction[subject]
  if (value === undefined) return -1
  if (typeof value === 'boolean') return value ? 1 : 0
  return labelsOf[subject].indexOf(value)
}

/** What the lessons say of a text that was just read, and scored by the scorer they stand on. */
export function ask(taught: Schooling, reading: Reading, scores: Scores): Partial<Record<Subject, Answer>> {
  return answersTo(taught, reading, { scores, shares: categoryShares(scores) })
}

function answersTo(taught: Schooling, reading: Reading, scored: Scored): Partial<Record<Subject, Answer>> {
  const row = rowFrom(reading, scored)
  weighSlots(row, taught.rarity)
  const answers: Partial<Record<Subject, Answer>> = {}
  for (const lesson of taught.lessons) {
    const logits = mixed(lesson, logitsOf(lesson.members, lesson.subject, row), row.before[lesson.subject])
    for (let k = 0; k < logits.length; k++) logits[k]! /= lesson.temperature
    const shares = softmax(logits)
    let best = 0
    for (let k = 1; k < logits.length; k++) if (logits[k]! > logits[best]!) best = k
    answers[lesson.subject] = { label: labelsOf[lesson.subject][best]!, shares }
  }
  return answers
}

interface Scored {
  scores: Scores
  shares: ReadonlyMap<Category, number>
}

function rowOf(text: string, scorer: Scorer): Row {
  const reading = readMention(text)
  const scores = scorer.score(reading, bareContext(text).addressesUs)
  return rowFrom(reading, { scores, shares: categoryShares(scores) })
}

function categoryShares(scores: Scores): Map<Category, number> {
  const shares = softmax(scores.care, 0, judgedCategories.length)
  return new Map(judgedCategories.map((category, h) => [category, shares[h]!]))
}

function rowFrom(reading: Reading, { scores, shares }: Scored): Row {
  const { features, sentiment, care }: Logits = scores.logits
  const kindly = kindShares(shares, reading, scores.sentiment)
  const dense = new Float64Array(denseSize)
  let at = 0
  for (const measure of features.measures) dense[at++] = measure
  for (const value of sentiment) dense[at++] = within(value / 3)
  for (const value of care) dense[at++] = within(value / 4)
  for (const share of kindly) dense[at++] = share
  const categories = softmax(Float64Array.from(judgedCategories, category => log(shares.get(category)! + 1e-6)))
  const two = (odds: number) => Float64Array.of(0, odds)
  return {
    slots: features.slots.slice(0, features.size),
    values: features.values.slice(0, features.size),
    dense,
    before: {
      sentiment: sentiment.slice(),
      kind: kindly.map(share => log(share + 0.01)),
      category: categories.map(share => log(share + 1e-3)),
      priority: care.slice(judgedCategories.length, judgedCategories.length + priorities.length),
      actionable: two(care[careHeads.indexOf('actionable')]!),
      complaint: two(log((scores.complaint + 1e-6) / (1 - scores.complaint + 1e-6))),
    },
  }
}

function within(value: number): number {
  return Math.max(-2, Math.min(2, value))
}

function countSlots(rows: Row[], rarity: Float32Array): void {
  const last = new Int32Array(rarity.length).fill(-1)
  rows.forEach((row, i) => {
    for (let f = 0; f < row.slots.length; f++) {
      const slot = row.slots[f]! & mask
      if (last[slot] === i) continue
      last[slot] = i
      rarity[slot]!++
    }
  })
  for (let slot = 0; slot < rarity.length; slot++)
    if (rarity[slot]! > 0) rarity[slot] = Math.fround(log(1 + rows.length / (rarity[slot]! + 1)))
}

/** Words and letters apart, each of unit length once weighted: the reading's own values tell the blocks from one another. */
function weighSlots(row: Row, rarity: Float32Array): void {
  const { slots, values } = row
  for (let from = 0; from < slots.length; ) {
    const block = values[from]!
    let to = from
    let length = 0
    for (; to < slots.length && values[to] === block; to++) {
      const weight = rarity[slots[to]! & mask]!
      length += weight * weight
    }
    const scale = length > 0 ? 1 / Math.sqrt(length) : 0
    const size = block * Math.sqrt(to - from)
    for (let f = from; f < to; f++) {
      slots[f] = slots[f]! & mask
      values[f] = rarity[slots[f]!]! * scale * size
    }
    from = to
  }
}

function teach(subject: Subject, rows: Row[], labels: number[], tell: (share: number) => void): Lesson {
  const guesses = guessesWithout(subject, rows, labels)
  tell(0.35)
  const { mix, temperature } = mixOf(guesses)
  const members: Member[] = []
  const total = rows.length > 30_000 ? 2 : schooling.members
  for (let m = 0; m < total; m++) {
    members.push(trainMember(subject, rows, labels, seed + m))
    tell(0.35 + (0.65 * (m + 1)) / total)
  }
  return { subject, rows: rows.length, members, temperature, mix }
}

/** What a learner says of rows it has not seen: of all of them when there are few, of a seventh when there are many. */
function guessesWithout(subject: Subject, rows: Row[], labels: number[]): Guess[] {
  const parts = rows.length < 3000 ? 5 : 7
  const rounds = rows.length < 3000 ? parts : 1
  const order = rows.map((_, i) => i)
  shuffle(order, seeded(seed))
  const guesses: Guess[] = []
  for (let round = 0; round < rounds; round++) {
    const kept = order.filter((_, n) => n % parts !== round)
    const member = trainMember(
      subject,
      kept.map(i => rows[i]!),
      kept.map(i => labels[i]!),
      seed,
    )
    order.forEach((i, n) => {
      if (n % parts === round)
        guesses.push({ logits: logitsOf([member], subject, rows[i]!), before: rows[i]!.before[subject], label: labels[i]! })
    })
  }
  return guesses
}

interface Guess {
  logits: Float64Array
  before: Float64Array
  label: number
}

function logitsOf(members: Member[], subject: Subject, row: Row): Float64Array {
  const total = labelsOf[subject].length
  const logits = new Float64Array(total)
  for (const member of members) addLogits(member, subject, row, logits, 1 / members.length)
  return logits
}

function mixed({ mix }: { mix: number }, learnt: Float64Array, before: Float64Array): Float64Array {
  if (mix === 1) return learnt
  return learnt.map((value, k) => mix * value + (1 - mix) * before[k]!)
}

function addLogits(member: Member, subject: Subject, row: Row, logits: Float64Array, share: number): void {
  const total = logits.length
  const sums = Float64Array.from(member.bias)
  for (let f = 0; f < row.slots.length; f++) {
    const at = row.slots[f]! * total
    for (let k = 0; k < total; k++) sums[k]! += member.hashed[at + k]! * row.values[f]!
  }
  for (let d = 0; d < denseSize; d++) {
    if (row.dense[d] !== 0) for (let k = 0; k < total; k++) sums[k]! += member.dense[d * total + k]! * row.dense[d]!
  }
  for (let k = 0; k < total; k++) logits[k]! += share * (sums[k]! + member.trust * row.before[subject][k]!)
}

function trainMember(subject: Subject, rows: Row[], labels: number[], memberSeed: number): Member {
  const total = labelsOf[subject].length
  const amount = rows.length < many ? 'few' : 'many'
  const trust = schooling.trust[amount]
  const member: Member = {
    trust,
    hashed: new Float32Array(total << bits),
    dense: new Float64Array(total * denseSize),
    bias: new Float64Array(total),
  }
  const { hashed, dense, bias } = member
  const hashedSteps = new Float32Array(hashed.length).fill(1e-4)
  const denseSteps = new Float64Array(dense.length).fill(1e-2)
  const counts = new Float64Array(total)
  for (const label of labels) counts[label]!++
  const present = counts.filter(count => count > 0).length
  const lift = counts.map(count => exp(schooling.balance * log(rows.length / present / Math.max(1, count))))
  const random = seeded(memberSeed)
  const order = rows.map((_, i) => i)
  const epochs = schooling.epochs[amount]
  const logits = new Float64Array(total)
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    const rate = schooling.rate[amount] * (1 - epoch / (epochs + 1))
    for (const i of order) {
      const row = rows[i]!
      const label = labels[i]!
      logits.fill(0)
      addLogits(member, subject, row, logits, 1)
      const shares = softmax(logits)
      for (let k = 0; k < total; k++) {
        const aim = k === label ? 1 - schooling.smooth : schooling.smooth / (total - 1)
        const error = (shares[k]! - aim) * lift[label]!
        bias[k]! -= rate * 0.1 * error
        for (let d = 0; d < denseSize; d++) {
          if (row.dense[d] === 0) continue
          const at = d * total + k
          const slope = error * row.dense[d]! + schooling.decay * dense[at]!
          denseSteps[at]! += slope * slope
          dense[at]! -= (rate * slope) / Math.sqrt(denseSteps[at]!)
        }
        for (let f = 0; f < row.slots.length; f++) {
          const at = row.slots[f]! * total + k
          const slope = error * row.values[f]! + schooling.decay * hashed[at]!
          hashedSteps[at]! += slope * slope
          hashed[at]! -= (rate * slope) / Math.sqrt(hashedSteps[at]!)
        }
      }
    }
  }
  return member
}

/** How far to believe what was learnt beside what the scorer said before, and how far both together: what fits rows left out best. */
function mixOf(guesses: Guess[]): { mix: number; temperature: number } {
  const mixes = guesses.length < many ? [0, 0.2, 0.4, 0.6, 0.8, 1] : [1]
  let best = { mix: 1, temperature: 1 }
  let least = Infinity
  for (const mix of mixes) {
    const both = guesses.map(({ logits, before, label }) => ({ logits: mixed({ mix }, logits, before), label }))
    for (let step = 8; step <= 60; step++) {
      let loss = 0
      for (const { logits, label } of both) loss -= log(softmax(logits.map(value => (value * 20) / step))[label]! + 1e-12)
      if (loss < least) {
        least = loss
        best = { mix, temperature: step / 20 }
      }
    }
  }
  return best
}

/** The scorer with the lessons on top: the judge's rules and reasons work on what it was taught. */
export function schooledScorer(scorer: Scorer, taught: Schooling): Scorer {
  const rows = Math.max(0, ...taught.lessons.map(lesson => lesson.rows))
  return {
    name: scorer.name,
    model: `${scorer.model} + ${rows} corrections`,
    score(reading, speaksToBrand) {
      const scores = scorer.score(reading, speaksToBrand)
      const before = categoryShares(scores)
      const answers = answersTo(taught, reading, { scores, shares: before })
      const sentiment = answers.sentiment ? answers.sentiment.shares.map(share => log(share + 1e-9)) : scores.logits.sentiment
      const care = scores.care.slice()
      if (answers.category) answers.category.shares.forEach((share, h) => (care[h] = log(share + 1e-9)))
      else if (answers.kind) moveTowardsKind(care, answers.kind.shares, reading, scores, before)
      answers.priority?.shares.forEach((share, p) => (care[judgedCategories.length + p] = log(share + 1e-9)))
      for (const [subject, head] of [
        ['actionable', 'actionable'],
        ['complaint', 'breach'],
      ] as const) {
        const answer = answers[subject]
        if (answer) care[careHeads.indexOf(head)] = log(answer.shares[1]! + 1e-9) - log(answer.shares[0]! + 1e-9)
      }
      const logits = { sentiment, care, features: scores.logits.features }
      const parts = (head: CareHead) => {
        const before = scores.partsOf(head)
        const h = careHeads.indexOf(head)
        return { ...before, taught: before.taught + care[h]! - scores.care[h]! }
      }
      const taughtScores = scoresOf(logits, parts, reading)
      return answers.complaint ? { ...taughtScores, complaint: answers.complaint.shares[1]! } : taughtScores
    },
  }
}

/** A category of a likelier kind becomes likelier, as much as its kind did. */
function moveTowardsKind(
  care: Float64Array,
  shares: Float64Array,
  reading: Reading,
  scores: Scores,
  before: ReadonlyMap<Category, number>,
): void {
  const was = kindShares(before, reading, scores.sentiment)
  judgedCategories.forEach((category, h) => {
    const alone = kindShares(new Map([[category as Category, 1]]), reading, scores.sentiment)
    let moved = 0
    alone.forEach((part, k) => (moved += part * (log(shares[k]! + 0.01) - log(was[k]! + 0.01))))
    care[h]! += moved
  })
}
