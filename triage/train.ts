// Trains the heads' weights: `npm run train -- [--data DIR] [--out FILE]`. Same inputs, same bytes.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seeded, shuffle } from './signals/chance.ts'
import { exp, log } from './signals/exactly.ts'
import { featuresOf, feelingMeasure, measureNames } from './signals/features.ts'
import {
  careGroups,
  careHeads,
  judgedCategories,
  type Layer,
  priorities,
  readWeights,
  scoreLayer,
  scoreWeights,
  sentimentHeads,
  softmax,
  type Weights,
} from './signals/heads.ts'
import { readMention } from './signals/reading.ts'
import { type Example, ownExamples } from './training/examples.ts'
import { checkOutsideSets, outsideExamples } from './training/outside-sets.ts'

const model = 'heed-linear-7'
const seed = 20240607
const sentimentBits = 18
const careBits = 16

/** `members`: so many are trained on differently shuffled rows, and averaged. */
export const tuning = {
  sentiment: {
    epochs: 3,
    rate: 0.06,
    decay: 2e-6,
    drop: 0,
    smooth: 0,
    members: 5,
  },
  care: {
    epochs: 12,
    rate: 0.1,
    decay: 1e-4,
    drop: 0.5,
    smooth: 0.1,
    members: 5,
  },
}

export function train(examples: readonly Example[]): Weights {
  const rows = examples.map(example => rowOf(example))
  const sentiment = trainFeelings(rows)
  const weights: Weights = {
    model,
    sentiment,
    care: emptyLayer(careHeads, careBits),
  }
  feelWithoutKnowing(rows, sentiment)
  const careRows = rows.filter(row => row.example.careWeight > 0)
  weights.care = trainCare(careRows)
  cool(weights.care, temperaturesOf(careRows))
  return weights
}

/** The care heads are told how a text feels. Of our own mentions the sentiment heads learnt that by heart, so each third is felt by heads that never saw it. */
function feelWithoutKnowing(rows: Row[], sentiment: Layer): void {
  const feel = (row: Row, heads: Layer) => {
    const weights: Weights = {
      model,
      sentiment: heads,
      care: emptyLayer(careHeads, 0),
    }
    row.measures[feelingMeasure] = scoreWeights(weights, readMention(row.example.text), true).features.measures[feelingMeasure]!
  }
  for (const row of rows) if (!row.example.isOwn) feel(row, sentiment)
  const own = rows.filter(row => row.example.isOwn)
  for (let third = 0; third < 3; third++) {
    const left = new Set(own.filter((_, i) => i % 3 === third))
    const heads = trainFeelings(
      rows.filter(row => !left.has(row)),
      1,
    )
    for (const row of left) feel(row, heads)
  }
}

export function trainFeelings(all: Row[], members = tuning.sentiment.members): Layer {
  const rows = all.filter(row => row.feeling >= 0 && row.example.feelingWeight > 0)
  const balance = balanceOf(
    rows,
    row => row.feeling,
    row => row.example.feelingWeight,
  )
  const ours = evenByLanguage(rows)
  return trainLayer(rows, {
    heads: sentimentHeads,
    bits: sentimentBits,
    groups: [[0, 3]],
    ...tuning.sentiment,
    members,
    aim: aimFeeling,
    weight: row => row.example.feelingWeight * (ours.get(`${row.example.language} ${row.feeling}`) ?? balance[row.feeling]!),
  })
}

function trainCare(rows: Row[]): Layer {
  const balance = balanceOf(rows, categoryOf, row => row.example.careWeight)
  return trainLayer(rows, {
    heads: careHeads,
    bits: careBits,
    groups: careGroups,
    ...tuning.care,
    aim: aimCare,
    weight: row => row.example.careWeight * (balance[categoryOf(row)] ?? 1),
  })
}

/** Trained heads are not as sure of texts they have not seen: how much to believe each group is measured on a third left out. */
function temperaturesOf(rows: Row[]): number[] {
  const isLeftOut = (row: Row, i: number) => row.example.isOwn === true && i % 3 === 0
  const left = rows.filter(isLeftOut)
  if (left.length < 30) return careGroups.map(() => 1)
  const layer = trainCare(rows.filter((row, i) => !isLeftOut(row, i)))
  const seen = left.map(row => ({
    logits: scoreLayer(layer, {
      ...row,
      size: row.slots.length,
      owners: row.slots,
    }),
    row,
  }))
  const aims = new Float64Array(careHeads.length)
  return careGroups.map(([from, to]) => {
    let best = 1
    let least = Infinity
    for (let step = 6; step <= 50; step++) {
      let loss = 0
      for (const { logits, row } of seen) {
        aimCare(row, logits, aims, 0)
        if (Number.isNaN(aims[from]!)) continue
        const scaled = logits.map(value => (value * step) / 20)
        if (to - from === 1) loss += log(1 + exp(aims[from] === 1 ? -scaled[from]! : scaled[from]!))
        else softmax(scaled, from, to).forEach((share, h) => (loss -= aims[from + h]! * log(share + 1e-9)))
      }
      if (loss < least) {
        least = loss
        best = step / 20
      }
    }
    return best
  })
}

function cool(layer: Layer, scales: number[]): void {
  careGroups.forEach(([from, to], g) => {
    for (let h = from; h < to; h++) {
      layer.steps[h] = Number((layer.steps[h]! * scales[g]!).toPrecision(6))
      layer.bias[h] = Number((layer.bias[h]! * scales[g]!).toFixed(4))
      for (const row of layer.measures) row[h] = Number((row[h]! * scales[g]!).toFixed(4))
    }
  })
}

export interface Row {
  example: Example
  feeling: number
  slots: Int32Array
  values: Float32Array
  measures: Float64Array
}

export function rowOf(example: Example): Row {
  const { slots, values, size, measures } = featuresOf(readMention(example.text))
  return {
    example,
    feeling: example.sentiment ? sentimentHeads.indexOf(example.sentiment) : -1,
    slots: slots.slice(0, size),
    values: values.slice(0, size),
    measures,
  }
}

/** Writes what the heads should have said into `aims`; NaN: this example says nothing about that head. */
type Aim = (row: Row, guesses: Float64Array, aims: Float64Array, smooth: number) => void

function aimFeeling(row: Row, _guesses: Float64Array, aims: Float64Array, smooth: number): void {
  aims.fill(smooth / 2)
  aims[row.feeling] = 1 - smooth
}

function aimCare(row: Row, guesses: Float64Array, aims: Float64Array, smooth: number): void {
  const { category, priority, actionable, breach, notThese } = row.example
  const total = judgedCategories.length
  if (category) for (let h = 0; h < total; h++) aims[h] = judgedCategories[h] === category ? 1 - smooth : smooth / (total - 1)
  else if (notThese) {
    // Any category but these: what was guessed for the others is right among themselves.
    let left = 0
    for (let h = 0; h < total; h++) if (!notThese.includes(judgedCategories[h]!)) left += guesses[h]!
    for (let h = 0; h < total; h++) aims[h] = notThese.includes(judgedCategories[h]!) ? 0 : guesses[h]! / left
  } else aims.fill(NaN, 0, total)
  for (let p = 0; p < priorities.length; p++) aims[total + p] = priority === undefined ? NaN : Number(priorities[p] === priority)
  aims[careHeads.length - 2] = actionable === undefined ? NaN : Number(actionable)
  aims[careHeads.length - 1] = breach === undefined ? NaN : Number(breach)
}

interface Plan {
  heads: readonly string[]
  bits: number
  epochs: number
  rate: number
  decay: number
  /** Share of the features hidden at each look, so that no single word is leaned on. */
  drop: number
  smooth: number
  members: number
  groups: readonly (readonly [number, number])[]
  aim: Aim
  weight: (row: Row) => number
}

function trainLayer(rows: Row[], plan: Plan): Layer {
  const sum = trainMember(rows, plan, seed)
  for (let m = 1; m < plan.members; m++) {
    const member = trainMember(rows, plan, seed + m)
    for (const part of ['hashed', 'measures', 'bias'] as const) member[part].forEach((value, at) => (sum[part][at]! += value))
  }
  for (const part of ['hashed', 'measures', 'bias'] as const) for (let at = 0; at < sum[part].length; at++) sum[part][at]! /= plan.members
  return packed(plan, sum.hashed, sum.measures, sum.bias)
}

interface Member {
  hashed: Float32Array
  measures: Float64Array
  bias: Float64Array
}

function trainMember(rows: Row[], plan: Plan, memberSeed: number): Member {
  const heads = plan.heads.length
  const mask = 2 ** plan.bits - 1
  const hashed = new Float32Array(heads * (mask + 1))
  const hashedSteps = new Float32Array(hashed.length).fill(1e-3)
  const measures = new Float64Array(heads * measureNames.length)
  const measureSteps = new Float64Array(measures.length).fill(1e-2)
  const bias = new Float64Array(heads)
  const biasSteps = new Float64Array(heads).fill(1e-2)
  const guesses = new Float64Array(heads)
  const aims = new Float64Array(heads)
  const random = seeded(memberSeed)
  const order = rows.map((_, i) => i)
  const logits = new Float64Array(heads)
  const slots = new Int32Array(8192)
  const values = new Float64Array(8192)
  const seen = new Float64Array(measureNames.length)
  for (let epoch = 0; epoch < plan.epochs; epoch++) {
    shuffle(order, random)
    const rate = plan.rate * (1 - (0.8 * epoch) / plan.epochs)
    for (const i of order) {
      const row = rows[i]!
      let size = 0
      for (let f = 0; f < row.slots.length; f++) {
        if (plan.drop > 0 && random() < plan.drop) continue
        slots[size] = (row.slots[f]! & mask) * heads
        values[size++] = row.values[f]! / (1 - plan.drop)
      }
      for (let m = 0; m < seen.length; m++)
        seen[m] = row.measures[m] !== 0 && plan.drop > 0 && random() < plan.drop / 2 ? 0 : row.measures[m]!
      logits.set(bias)
      for (let f = 0; f < size; f++) for (let h = 0; h < heads; h++) logits[h]! += hashed[slots[f]! + h]! * values[f]!
      for (let m = 0; m < seen.length; m++)
        if (seen[m] !== 0) for (let h = 0; h < heads; h++) logits[h]! += measures[m * heads + h]! * seen[m]!
      guess(plan.groups, logits, guesses)
      plan.aim(row, guesses, aims, plan.smooth)
      const weight = plan.weight(row)
      for (let h = 0; h < heads; h++) {
        if (Number.isNaN(aims[h]!)) continue
        const error = (guesses[h]! - aims[h]!) * weight
        if (Math.abs(error) < 1e-4) continue
        biasSteps[h]! += error * error
        bias[h]! -= (rate * error) / Math.sqrt(biasSteps[h]!)
        for (let m = 0; m < seen.length; m++) {
          if (seen[m] === 0) continue
          const at = m * heads + h
          const slope = error * seen[m]! + plan.decay * measures[at]!
          measureSteps[at]! += slope * slope
          measures[at]! -= (rate * slope) / Math.sqrt(measureSteps[at]!)
        }
        for (let f = 0; f < size; f++) {
          const at = slots[f]! + h
          const slope = error * values[f]! + plan.decay * hashed[at]!
          hashedSteps[at]! += slope * slope
          hashed[at]! -= (rate * slope) / Math.sqrt(hashedSteps[at]!)
        }
      }
    }
  }
  return { hashed, measures, bias }
}

function guess(groups: Plan['groups'], logits: Float64Array, guesses: Float64Array): void {
  for (const [from, to] of groups) {
    if (to - from === 1) guesses[from] = 1 / (1 + exp(-logits[from]!))
    else guesses.set(softmax(logits, from, to), from)
  }
}

/** Weights in 255 steps a head; one weight in two thousand may be cut to the largest step. */
function packed(plan: Plan, hashed: Float32Array, measures: Float64Array, bias: Float64Array): Layer {
  const heads = plan.heads.length
  const layer = emptyLayer(plan.heads, plan.bits)
  for (let h = 0; h < heads; h++) {
    const sizes: number[] = []
    for (let at = h; at < hashed.length; at += heads) if (hashed[at] !== 0) sizes.push(Math.abs(hashed[at]!))
    sizes.sort((a, b) => a - b)
    const largest = sizes[Math.floor(sizes.length * 0.9995)] ?? 1
    const step = Number((largest / 127).toPrecision(6))
    layer.steps[h] = step
    layer.bias[h] = Number(bias[h]!.toFixed(4))
    for (let at = h; at < hashed.length; at += heads) layer.hashed[at] = Math.max(-127, Math.min(127, Math.round(hashed[at]! / step)))
    for (let m = 0; m < measureNames.length; m++) layer.measures[m]![h] = Number(measures[m * heads + h]!.toFixed(4))
  }
  return layer
}

function emptyLayer(heads: readonly string[], bits: number): Layer {
  return {
    heads,
    bits,
    bias: heads.map(() => 0),
    steps: heads.map(() => 1),
    measures: measureNames.map(() => heads.map(() => 0)),
    hashed: new Int8Array(heads.length * 2 ** bits),
  }
}

function categoryOf(row: Row): number {
  return (judgedCategories as readonly string[]).indexOf(row.example.category ?? '')
}

/** Rare classes count more, by the square root of how rare they are. */
function balanceOf(rows: Row[], classOf: (row: Row) => number, weight: (row: Row) => number): number[] {
  const sums: number[] = []
  for (const row of rows) if (classOf(row) >= 0) sums[classOf(row)] = (sums[classOf(row)] ?? 0) + weight(row)
  const mean = sums.reduce((a, b) => a + b, 0) / sums.length
  return sums.map(sum => Math.sqrt(mean / Math.max(1, sum)))
}

/** Our own mentions are mostly troubles; in the languages we have little of, no feeling should be likelier for that alone. By language and feeling. */
function evenByLanguage(rows: Row[]): Map<string, number> {
  const counts = new Map<string, number>()
  const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const { example, feeling } of rows) {
    if (!example.isOwn || !example.language || example.language === 'en') continue
    count(`${example.language} ${feeling}`)
    count(example.language)
  }
  return new Map(
    [...counts].flatMap(([key, total]) => {
      const language = key.split(' ')[0]!
      return key === language ? [] : [[key, Math.min(3, counts.get(language)! / 3 / total)] as const]
    }),
  )
}

export function pack(weights: Weights): Buffer {
  const { sentiment, care } = weights
  const head = {
    model: weights.model,
    measures: measureNames,
    sentiment: { ...sentiment, hashed: undefined },
    care: { ...care, hashed: undefined },
  }
  const bytes = (layer: Layer) => Buffer.from(layer.hashed.buffer, layer.hashed.byteOffset, layer.hashed.byteLength)
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes(sentiment), bytes(care)])
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      out: {
        type: 'string',
        default: join(import.meta.dirname, 'weights', 'heads.bin'),
      },
    },
  })
  if (values.data) checkOutsideSets(values.data)
  else
    console.warn(
      'No --data DIR: training on our own mentions alone, in triage/training/. The shipped weights saw the outside sets too (docs/triage.md).',
    )
  const examples = [...ownExamples(), ...(values.data ? outsideExamples(values.data) : [])]
  const bytes = pack(train(examples))
  readWeights(bytes)
  mkdirSync(join(values.out, '..'), { recursive: true })
  writeFileSync(values.out, bytes)
  console.log(
    `${examples.length} examples, ${bytes.length} bytes written to ${values.out}, SHA-256 ${createHash('sha256').update(bytes).digest('hex')}`,
  )
}
