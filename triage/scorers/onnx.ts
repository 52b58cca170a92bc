// Asks a text classifier in ONNX form, from a folder on disk: model.onnx, its labels, and its tokenizer unless it takes the text itself.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { loadInstalled } from './installed.ts'
import { type Answer, NoAnswer, readLabel, type StrongScorer } from './strong-scorer.ts'

/**
 * `folder` holds model.onnx; labels.json (a list) or config.json with `id2label`; and tokenizer.json, with tokenizer_config.json, for a model of token
 * ids. Labels in our words are used (a category, or negative, neutral, positive), others are left out.
 * @throws in the operator's words.
 */
export async function openOnnx(folder: string, packages: string): Promise<StrongScorer> {
  const { InferenceSession, Tensor } = await loadInstalled<Runtime>('onnxruntime-node', packages, INSTALL)
  const file = join(folder, 'model.onnx')
  if (!existsSync(file)) throw new Error(`there is no ${file}`)
  const labels = readLabels(folder)
  const known = labels.map(readLabel)
  if (!known.some(Boolean)) throw new Error(`none of the labels in ${folder} is ours: ${labels.slice(0, 8).join(', ')}`)
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 3 })
  const first = session.inputMetadata[0]!
  const isText = first.type === 'string'
  const encode = isText ? undefined : await openTokenizer(folder, packages)

  return {
    name: 'onnx',
    model: `${basename(folder)} ${createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 8)}`,
    costOf: () => 0,
    ask: async ({ text }) => ({ opinion: opinionOf(known, await sharesFor(text.slice(0, MOST_LETTERS).toWellFormed())), tokens: 0 }),
    close: () => session.release(),
  }

  async function sharesFor(text: string): Promise<number[]> {
    const feeds = isText
      ? { [first.name]: new Tensor('string', [text], first.shape?.length === 2 ? [1, 1] : [1]) }
      : Object.fromEntries(session.inputNames.map(name => [name, asIds(Tensor, encode!(text), name)]))
    const outputs = await session.run(feeds)
    const scores = Object.values(outputs).find(one => one.type === 'float32' && one.data.length === labels.length)
    if (!scores) throw new NoAnswer(`the model gives no ${labels.length} scores`, true)
    return asShares(Array.from(scores.data as Float32Array))
  }
}

interface Runtime {
  InferenceSession: { create(file: string, options: object): Promise<Session> }
  Tensor: new (type: string, data: readonly string[] | BigInt64Array, shape: readonly number[]) => Tensor
}
interface Tensor {
  type: string
  data: ArrayLike<unknown>
}
interface Session {
  inputNames: readonly string[]
  inputMetadata: readonly { name: string; type?: string; shape?: readonly unknown[] }[]
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>
  release(): Promise<void>
}

/** Token ids, or what goes with them under its usual name. */
function asIds(Tensor: Runtime['Tensor'], ids: readonly number[], name: string): Tensor {
  const values = name.includes('mask') ? ids.map(() => 1) : name.includes('type') ? ids.map(() => 0) : ids
  return new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
}

async function openTokenizer(folder: string, packages: string): Promise<(text: string) => number[]> {
  const file = join(folder, 'tokenizer.json')
  if (!existsSync(file)) throw new Error(`the model takes token ids, and there is no ${file}`)
  const { Tokenizer } = await loadInstalled<{
    Tokenizer: new (tokenizer: unknown, config: unknown) => { encode(text: string): { ids: number[] } }
  }>('@huggingface/tokenizers', packages, INSTALL)
  const config = join(folder, 'tokenizer_config.json')
  const tokenizer = new Tokenizer(readJson(file), existsSync(config) ? readJson(config) : {})
  return text => {
    const ids = tokenizer.encode(text).ids.filter(Number.isInteger)
    if (!ids.length) throw new NoAnswer('the model knows none of the words', true)
    // The last one closes the text for models that want it closed.
    return ids.length <= MOST_TOKENS ? ids : [...ids.slice(0, MOST_TOKENS - 1), ids.at(-1)!]
  }
}

function readLabels(folder: string): string[] {
  const [list, config] = [join(folder, 'labels.json'), join(folder, 'config.json')]
  if (existsSync(list)) return z.array(z.string()).min(1).parse(readJson(list))
  if (!existsSync(config)) throw new Error(`there is neither labels.json nor config.json in ${folder}`)
  const { id2label } = z.object({ id2label: z.record(z.string(), z.string()) }).parse(readJson(config))
  return Object.keys(id2label)
    .sort((a, b) => Number(a) - Number(b))
    .map(id => id2label[id]!)
}

/** Shares where the model gives shares, else the softmax of what it gives. */
function asShares(scores: number[]): number[] {
  if (scores.some(one => !Number.isFinite(one))) throw new NoAnswer('the model gives numbers that are none', true)
  const total = scores.reduce((sum, one) => sum + one, 0)
  if (scores.every(one => one >= 0 && one <= 1) && Math.abs(total - 1) < 0.01) return scores
  const top = Math.max(...scores)
  const powers = scores.map(one => Math.exp(one - top))
  const sum = powers.reduce((all, one) => all + one, 0)
  return powers.map(one => one / sum)
}

function opinionOf(known: readonly ReturnType<typeof readLabel>[], shares: readonly number[]): Answer['opinion'] {
  const opinion: Answer['opinion'] = {}
  known.forEach((label, i) => {
    if (!label) return
    if ('category' in label) opinion.categories = { ...opinion.categories, [label.category]: shares[i]! }
    else opinion.sentiment = { ...(opinion.sentiment ?? { negative: 0, neutral: 0, positive: 0 }), [label.feeling]: shares[i]! }
  })
  return opinion
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))
const MOST_LETTERS = 4_000
const MOST_TOKENS = 256
const INSTALL = 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node @huggingface/tokenizers'
