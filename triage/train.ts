// Trains the heads' weights: `node --import tsx triage/train.ts [--data DIR]`. Same inputs, same bytes.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import type { Category, Priority } from '../domain.ts'
import { feelingMeasure, featuresOf, measureNames } from './signals/features.ts'
import { careHeads, judgedCategories, sentimentHeads, type Layer, readWeights, scoreLayer, scoreReading, type Weights } from './signals/heads.ts'
import { readMention } from './signals/reading.ts'

export interface Example {
  text: string
  category?: Category
  priority?: Priority
  actionable?: boolean
  sentiment?: 'negative' | 'neutral' | 'positive'
  /** The sentiment and the care heads may trust it differently. */
  feelingWeight: number
  careWeight: number
  /** Care heads this example says "no" to, when it has no category. */
  notThese?: readonly string[]
  /** Written for Heed: what it is measured on while training. */
  isOwn?: boolean
}

const model = 'heed-linear-1'
const sentimentBits = 16
const careBits = 14
const trainingFolder = join(import.meta.dirname, 'training')

export const tuning = {
  sentiment: { epochs: 3, rate: 0.06, decay: 2e-6 },
  care: { epochs: 12, rate: 0.12, decay: 1e-4 },
}

export function train(examples: readonly Example[]): Weights {
  const rows = examples.map((example) => rowOf(example))
  const sentiment = trainLayer(rows.filter((row) => row.feeling >= 0 && row.example.feelingWeight > 0), {
    heads: sentimentHeads, bits: sentimentBits, ...tuning.sentiment, rivals: sentimentHeads.length, aim: aimFeeling, weight: (row) => row.example.feelingWeight,
    lift: balanceOf(rows, (row) => row.feeling, (row) => row.example.feelingWeight), classOf: (row) => row.feeling,
  })
  const weights: Weights = { model, sentiment, care: emptyLayer(careHeads, careBits) }
  for (const row of rows) {
    const scores = scoreReading(weights, readMention(row.example.text), true)
    row.measures[feelingMeasure] = scores.features.measures[feelingMeasure]!
  }
  const careRows = rows.filter((row) => row.example.careWeight > 0)
  weights.care = trainCare(careRows)
  cool(weights.care, temperatureOf(careRows))
  return weights
}

function trainCare(rows: Row[]): Layer {
  return trainLayer(rows, {
    heads: careHeads, bits: careBits, ...tuning.care, rivals: judgedCategories.length, aim: aimCare, weight: (row) => row.example.careWeight,
    lift: balanceOf(rows, categoryOf, (row) => row.example.careWeight), classOf: categoryOf,
  })
}

/** Trained heads are too sure of texts they have not seen: how much to believe them is measured on thirds left out in turn. */
function temperatureOf(rows: Row[]): number {
  const thirds = 3
  const left: { logits: Float64Array; right: number }[] = []
  for (let third = 0; third < thirds; third++) {
    const isLeftOut = (row: Row, i: number) => row.example.isOwn === true && i % thirds === third
    const layer = trainCare(rows.filter((row, i) => !isLeftOut(row, i)))
    for (const row of rows.filter(isLeftOut)) {
      left.push({ logits: scoreLayer(layer, { slots: row.slots, values: row.values, size: row.slots.length, measures: row.measures, owners: row.slots }), right: categoryOf(row) })
    }
  }
  if (left.length === 0) return 1
  let best = 1
  let least = Infinity
  for (let scale = 0.3; scale <= 1.2; scale += 0.05) {
    let loss = 0
    for (const { logits, right } of left) {
      let total = 0
      for (let h = 0; h < judgedCategories.length; h++) total += Math.exp((logits[h]! - logits[right]!) * scale)
      loss += Math.log(total)
    }
    if (loss < least) {
      least = loss
      best = scale
    }
  }
  return Number(best.toFixed(2))
}

function cool(layer: Layer, scale: number): void {
  for (let h = 0; h < judgedCategories.length; h++) {
    layer.steps[h] = Number((layer.steps[h]! * scale).toPrecision(6))
    layer.bias[h] = Number((layer.bias[h]! * scale).toFixed(4))
    for (const row of layer.measures) row[h] = Number((row[h]! * scale).toFixed(4))
  }
}

interface Row {
  example: Example
  feeling: number
  slots: Int32Array
  values: Float32Array
  measures: Float64Array
}

function rowOf(example: Example): Row {
  const { slots, values, size, measures } = featuresOf(readMention(example.text))
  return { example, feeling: example.sentiment ? sentimentHeads.indexOf(example.sentiment) : -1, slots: slots.slice(0, size), values: values.slice(0, size), measures }
}

/** Writes what the heads should have said into `aims`; NaN: this example says nothing about that head. */
type Aim = (row: Row, guesses: Float64Array, aims: Float64Array) => void

function aimFeeling(row: Row, _guesses: Float64Array, aims: Float64Array): void {
  aims.fill(0)
  aims[row.feeling] = 1
}

function aimCare(row: Row, guesses: Float64Array, aims: Float64Array): void {
  const { category, priority, actionable, notThese } = row.example
  if (category) for (let h = 0; h < judgedCategories.length; h++) aims[h] = judgedCategories[h] === category ? 1 : 0
  else if (notThese) {
    // Any category but these: what was guessed for the others is right among themselves.
    let left = 0
    for (let h = 0; h < judgedCategories.length; h++) if (!notThese.includes(judgedCategories[h]!)) left += guesses[h]!
    for (let h = 0; h < judgedCategories.length; h++) aims[h] = notThese.includes(judgedCategories[h]!) ? 0 : guesses[h]! / left
  } else aims.fill(NaN, 0, judgedCategories.length)
  aims[careHeads.indexOf('actionable')] = actionable === undefined ? NaN : Number(actionable)
  aims[careHeads.indexOf('pressing')] = priority === undefined ? NaN : Number(priority === 'urgent' || priority === 'high')
}

interface Plan {
  heads: readonly string[]
  bits: number
  epochs: number
  rate: number
  decay: number
  /** So many first heads share one probability (softmax); the others answer yes or no. */
  rivals: number
  aim: Aim
  weight: (row: Row) => number
  /** How much more each class counts, rare ones most. */
  lift: number[]
  classOf: (row: Row) => number
}

function trainLayer(rows: Row[], plan: Plan): Layer {
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
  const random = seeded(20240607)
  const order = rows.map((_, i) => i)
  const logits = new Float64Array(heads)
  for (let epoch = 0; epoch < plan.epochs; epoch++) {
    shuffle(order, random)
    for (const i of order) {
      const row = rows[i]!
      logits.set(bias)
      for (let f = 0; f < row.slots.length; f++) {
        const at = (row.slots[f]! & mask) * heads
        for (let h = 0; h < heads; h++) logits[h]! += hashed[at + h]! * row.values[f]!
      }
      for (let m = 0; m < row.measures.length; m++) {
        if (row.measures[m] !== 0) for (let h = 0; h < heads; h++) logits[h]! += measures[m * heads + h]! * row.measures[m]!
      }
      let top = -Infinity
      let total = 0
      for (let h = 0; h < plan.rivals; h++) top = Math.max(top, logits[h]!)
      for (let h = 0; h < plan.rivals; h++) total += Math.exp(logits[h]! - top)
      for (let h = 0; h < heads; h++) guesses[h] = h < plan.rivals ? Math.exp(logits[h]! - top) / total : 1 / (1 + Math.exp(-logits[h]!))
      plan.aim(row, guesses, aims)
      const weight = plan.weight(row) * (plan.lift[plan.classOf(row)] ?? 1)
      for (let h = 0; h < heads; h++) {
        if (Number.isNaN(aims[h])) continue
        const error = (guesses[h]! - aims[h]!) * weight
        if (Math.abs(error) < 1e-4) continue
        biasSteps[h]! += error * error
        bias[h]! -= (plan.rate * error) / Math.sqrt(biasSteps[h]!)
        for (let m = 0; m < row.measures.length; m++) {
          if (row.measures[m] === 0) continue
          const at = m * heads + h
          const slope = error * row.measures[m]! + plan.decay * measures[at]!
          measureSteps[at]! += slope * slope
          measures[at]! -= (plan.rate * slope) / Math.sqrt(measureSteps[at]!)
        }
        for (let f = 0; f < row.slots.length; f++) {
          const at = (row.slots[f]! & mask) * heads + h
          const slope = error * row.values[f]! + plan.decay * hashed[at]!
          hashedSteps[at]! += slope * slope
          hashed[at]! -= (plan.rate * slope) / Math.sqrt(hashedSteps[at]!)
        }
      }
    }
  }
  return packed(plan, hashed, measures, bias)
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
  return { heads, bits, bias: heads.map(() => 0), steps: heads.map(() => 1), measures: measureNames.map(() => heads.map(() => 0)), hashed: new Int8Array(heads.length * 2 ** bits) }
}

function categoryOf(row: Row): number {
  return (judgedCategories as readonly string[]).indexOf(row.example.category ?? '')
}

/** Rare classes count more, by the square root of how rare they are. */
function balanceOf(rows: Row[], classOf: (row: Row) => number, weight: (row: Row) => number): number[] {
  const sums: number[] = []
  for (const row of rows) if (classOf(row) >= 0) sums[classOf(row)] = (sums[classOf(row)] ?? 0) + weight(row)
  const mean = sums.reduce((a, b) => a + b, 0) / sums.length
  return sums.map((sum) => Math.sqrt(mean / Math.max(1, sum)))
}

function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function shuffle(order: number[], random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
}

export function pack(weights: Weights): Buffer {
  const { sentiment, care } = weights
  const head = { model: weights.model, measures: measureNames, sentiment: { ...sentiment, hashed: undefined }, care: { ...care, hashed: undefined } }
  const bytes = (layer: Layer) => Buffer.from(layer.hashed.buffer, layer.hashed.byteOffset, layer.hashed.byteLength)
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes(sentiment), bytes(care)])
}

/** Our own mentions, one JSON object a line. */
export function ownExamples(folder = trainingFolder): Example[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl')).sort()
  return files.flatMap((name) =>
    lines(join(folder, name)).map((row) => ({
      text: row.text as string, category: row.category as Category, priority: row.priority as Priority, actionable: row.actionable as boolean,
      sentiment: row.sentiment as Example['sentiment'], feelingWeight: 4, careWeight: 2, isOwn: true,
    })),
  )
}

/** Public sets whose licences let trained weights ship; their texts stay where they are. */
export function publicExamples(data: string): Example[] {
  return [...goemotions(data), ...vaderRated(data), ...banking(data), ...clinc(data), ...bitext(data), ...seeds(data)]
}

const chatterHeads = ['outage_report', 'pr_risk', 'account_question', 'technical_question', 'urgent_request', 'thanks_only', 'peer_answered']

function goemotions(data: string): Example[] {
  return rowsOf(data, 'goemotions').flatMap((row, i): Example[] => {
    if (row.label === 'mixed') return []
    const asks = /\?/.test(row.text as string)
    const example: Example = { text: row.text as string, sentiment: row.label as Example['sentiment'], feelingWeight: 1, careWeight: 0 }
    if (i % 16 === 0 && !asks) return [{ ...example, careWeight: 0.3, actionable: false, priority: 'low', notThese: chatterHeads }]
    return [example]
  })
}

function vaderRated(data: string): Example[] {
  return rowsOf(data, 'vader-rated').map((row, i): Example => {
    const example: Example = { text: row.text as string, sentiment: row.label as Example['sentiment'], feelingWeight: 1.5, careWeight: 0 }
    if (row.source === 'tweet' && i % 4 === 0) return { ...example, careWeight: 0.3, actionable: false, priority: 'low', notThese: chatterHeads }
    return example
  })
}

const bankTrouble = /not_working|declined|failed|not_received|not_recognised|wrong|charged_twice|swallowed|not_updated|not_showing|lost_or_stolen|compromised|reverted|blocked|unable|extra_charge/
const bankUrgent = /compromised|lost_or_stolen|not_recognised/

function banking(data: string): Example[] {
  return rowsOf(data, 'banking77').flatMap((row, i): Example[] => {
    if (i % 8 !== 0) return []
    const label = row.label as string
    const isTrouble = bankTrouble.test(label)
    return [{
      text: row.text as string, category: bankUrgent.test(label) ? 'urgent_request' : 'account_question', actionable: true,
      priority: bankUrgent.test(label) ? 'urgent' : isTrouble ? 'high' : 'normal', sentiment: isTrouble ? 'negative' : 'neutral', feelingWeight: 0.8, careWeight: 0.2,
    }]
  })
}

const clincAccount = /^(balance|transactions|account_blocked|freeze_account|pin_change|report_lost_card|card_declined|bill_balance|bill_due|pay_bill|credit_limit|rewards_balance|redeem_rewards|order_status|cancel_reservation|confirm_reservation|application_status|new_card|damaged_card|expiration_date|interest_rate|routing|direct_deposit|replacement_card_duration|lost_luggage|report_fraud)$/
const clincQuestion = /^(flight_status|carry_on|international_fees|how_busy|accept_reservations|restaurant_reviews|nutrition_info|ingredients_list|sync_device|reset_settings|insurance)$/
const clincUrgent = /^(report_fraud|report_lost_card)$/

function clinc(data: string): Example[] {
  return rowsOf(data, 'clinc150').flatMap((row, i): Example[] => {
    const label = row.label as string
    if (i % 8 !== 0) return []
    const text = row.text as string
    if (clincUrgent.test(label)) return [{ text, category: 'urgent_request', priority: 'urgent', actionable: true, sentiment: 'negative', feelingWeight: 0.8, careWeight: 0.2 }]
    if (clincAccount.test(label)) return [{ text, category: 'account_question', priority: 'normal', actionable: true, sentiment: 'neutral', feelingWeight: 0.8, careWeight: 0.2 }]
    if (clincQuestion.test(label)) return [{ text, category: 'technical_question', priority: 'normal', actionable: true, sentiment: 'neutral', feelingWeight: 0.8, careWeight: 0.3 }]
    return [{ text, sentiment: 'neutral', feelingWeight: 0.8, careWeight: 0 }]
  })
}

function bitext(data: string): Example[] {
  return rowsOf(data, 'bitext-intents').flatMap((row, i): Example[] => {
    if (i % 12 !== 0 || row.category === 'FEEDBACK') return []
    return [{ text: row.text as string, category: row.category === 'CONTACT' || row.category === 'NEWSLETTER' ? 'technical_question' : 'account_question', priority: 'normal', actionable: true, sentiment: 'neutral', feelingWeight: 0.8, careWeight: 0.3 }]
  })
}

const seedSlots: Record<string, string[]> = {
  svc: ['your service', 'the app', 'the streaming service', 'the bank', 'the portal'], area: ['the north side', 'Leeds', 'our town', 'the valley'], util: ['internet', 'power', 'broadband', 'phone'],
  time: ['6am', 'noon', 'last night', 'this morning'], dur: ['two hours', 'three days', 'a week', '40 minutes'], end: ['', '!', ' please fix', ', any news?'], hey: ['', 'hey ', 'hi, '],
  site: ['website', 'app', 'booking site'], item: ['jacket', 'phone', 'kettle', 'headset'], day: ['day', 'morning', 'weekend'], period: ['week', 'month'], month: ['May', 'October'], money: ['40 euros', '$89', '£15'],
  trip: ['flight', 'train', 'bus'], num: ['48213', 'K2291'], name: ['Mara', 'Theo', 'Ines'],
}

function seeds(data: string): Example[] {
  const file = join(data, 'triage-seeds', 'seeds.txt')
  if (!existsSync(file)) throw new Error(`${file} is missing`)
  const random = seeded(7)
  const categoryOf: Record<string, Category> = { o: 'outage_report', a: 'account_question', c: 'complaint', q: 'technical_question', p: 'positive_feedback', x: 'irrelevant' }
  return readFileSync(file, 'utf8').split('\n').filter((line) => line.includes('|')).flatMap((line): Example[] => {
    const code = line.slice(0, 3)
    const pattern = line.slice(line.indexOf('|') + 1)
    const texts = new Set(Array.from({ length: pattern.includes('{') ? 4 : 1 }, () => pattern.replace(/\{(\w+)\}/g, (_, slot: string) => pick(seedSlots[slot] ?? [slot], random))))
    const isUrgent = code[1] === '1'
    return [...texts].map((text): Example => ({
      text, ...(code[0] === 'x' ? { notThese: chatterHeads } : { category: isUrgent ? 'urgent_request' : categoryOf[code[0]!]! }),
      priority: (['urgent', 'high', 'normal', 'low'] as const)[Number(code[1]) - 1]!, actionable: code[1] !== '4',
      sentiment: code[2] === '-' ? 'negative' : code[2] === '+' ? 'positive' : 'neutral', feelingWeight: 2, careWeight: 0.6,
    }))
  })
}

function pick(list: string[], random: () => number): string {
  return list[Math.floor(random() * list.length)]!
}

function rowsOf(data: string, set: string): Record<string, unknown>[] {
  const file = [join(data, set, 'dev.jsonl'), join(data, set, 'dev.jsonl.gz')].find(existsSync)
  if (!file) throw new Error(`no dev.jsonl or dev.jsonl.gz in ${join(data, set)}`)
  return lines(file)
}

function lines(file: string): Record<string, unknown>[] {
  const bytes = readFileSync(file)
  const text = file.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8')
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>)
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { data: { type: 'string' }, out: { type: 'string', default: join(import.meta.dirname, 'weights', 'heads.bin') } } })
  const examples = [...ownExamples(), ...(values.data ? publicExamples(values.data) : [])]
  if (!values.data) console.warn('No --data DIR: training on our own mentions alone.')
  const bytes = pack(train(examples))
  readWeights(bytes)
  mkdirSync(join(values.out, '..'), { recursive: true })
  writeFileSync(values.out, bytes)
  console.log(`${examples.length} examples, ${bytes.length} bytes written to ${values.out}`)
}
