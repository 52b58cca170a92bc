// Writes tiny text classifiers in ONNX form: a word adds its points to its label, nothing more. For the tests; no weight of anybody is in them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Points of each word, by number of `labels`. */
export interface Tiny {
  labels: readonly string[]
  words: Record<string, readonly number[]>
}

/** Takes token ids, as exported transformers do, with a tokenizer beside it. */
export function writeTokenModel(folder: string, { labels, words }: Tiny) {
  const names = ['[UNK]', ...Object.keys(words)]
  const table = names.flatMap(name => [...(words[name] ?? labels.map(() => 0))])
  write(folder, labels, [
    ...[node('Gather', ['table', 'input_ids'], ['each']), node('ReduceSum', ['each', 'axis'], ['logits'], [int('keepdims', 0)])],
    ...[floats('table', [names.length, labels.length], table), ints('axis', [1])],
    ...[
      value(11, 'input_ids', INT64, [1, 'n']),
      value(11, 'attention_mask', INT64, [1, 'n']),
      value(12, 'logits', FLOAT, [1, labels.length]),
    ],
  ])
  const tokenizer = {
    version: '1.0',
    added_tokens: [{ id: 0, content: '[UNK]', special: true, single_word: false, lstrip: false, rstrip: false, normalized: false }],
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', vocab: Object.fromEntries(names.map((name, i) => [name, i])), unk_token: '[UNK]' },
  }
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer))
}

/** Takes the text itself. */
export function writeTextModel(folder: string, { labels, words }: Tiny) {
  const names = Object.keys(words)
  const counting = [
    text('mode', 'TF'),
    int('min_gram_length', 1),
    int('max_gram_length', 1),
    int('max_skip_count', 0),
    many('ngram_counts', [0]),
    many(
      'ngram_indexes',
      names.map((_, i) => i),
    ),
    texts('pool_strings', names),
  ]
  write(folder, labels, [
    node('StringSplit', ['text'], ['words', 'count']),
    node('TfIdfVectorizer', ['words'], ['counts'], counting),
    node('MatMul', ['counts', 'table'], ['logits']),
    floats(
      'table',
      [names.length, labels.length],
      names.flatMap(name => [...words[name]!]),
    ),
    ...[value(11, 'text', STRING, [1]), value(12, 'logits', FLOAT, [1, labels.length])],
  ])
}

function write(folder: string, labels: readonly string[], parts: Buffer[]) {
  mkdirSync(folder, { recursive: true })
  const graph = Buffer.concat([...parts, field(2, 'tiny')])
  writeFileSync(
    join(folder, 'model.onnx'),
    Buffer.concat([number(1, 9), field(7, graph), field(8, Buffer.concat([field(1, ''), number(2, 20)]))]),
  )
  writeFileSync(join(folder, 'labels.json'), JSON.stringify(labels))
}

// Field numbers are those of onnx.proto (github.com/onnx/onnx/blob/main/onnx/onnx.proto).
const [FLOAT, INT64, STRING] = [1, 7, 8]
const node = (op: string, inputs: string[], outputs: string[], attributes: Buffer[] = []) =>
  field(1, Buffer.concat([...inputs.map(name => field(1, name)), ...outputs.map(name => field(2, name)), field(4, op), ...attributes]))
const attribute = (name: string, type: number, ...values: Buffer[]) =>
  field(5, Buffer.concat([field(1, name), ...values, number(20, type)]))
const int = (name: string, i: number) => attribute(name, 2, number(3, i))
const text = (name: string, s: string) => attribute(name, 3, field(4, s))
const many = (name: string, all: number[]) => attribute(name, 7, ...all.map(i => number(8, i)))
const texts = (name: string, all: string[]) => attribute(name, 8, ...all.map(s => field(9, s)))
const tensor = (name: string, type: number, dims: number[], raw: Buffer) =>
  field(5, Buffer.concat([...dims.map(dim => number(1, dim)), number(2, type), field(8, name), field(9, raw)]))
const floats = (name: string, dims: number[], all: number[]) => tensor(name, FLOAT, dims, Buffer.from(Float32Array.from(all).buffer))
const ints = (name: string, all: number[]) => tensor(name, INT64, [all.length], Buffer.from(BigInt64Array.from(all, BigInt).buffer))
const value = (where: number, name: string, type: number, dims: (number | string)[]) => {
  const shape = Buffer.concat(dims.map(dim => field(1, typeof dim === 'number' ? number(1, dim) : field(2, dim))))
  return field(where, Buffer.concat([field(1, name), field(2, field(1, Buffer.concat([number(1, type), field(2, shape)])))]))
}

function field(at: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string)
  return Buffer.concat([varint(at * 8 + 2), varint(bytes.length), bytes])
}
function number(at: number, n: number): Buffer {
  return Buffer.concat([varint(at * 8), varint(n)])
}
function varint(n: number): Buffer {
  const bytes: number[] = []
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) + 128)
  return Buffer.from([...bytes, n])
}
