// Reads recorded mentions from a CSV or JSONL file (also gzipped); a bad row is reported by its line and left out.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { z } from 'zod'

/** One utterance of the file. */
export interface Recorded {
  line: number
  id: string
  author: string
  /** Written by a brand: played as an answer from the native app. */
  isOwn: boolean
  text: string
  postedAt: Date | null
  inReplyTo: string | null
  thread: string | null
  platform: string | null
}
export interface BadRow {
  line: number
  because: string
}

const text = z.string().trim().min(1, 'is empty')
const id = z.union([z.string().min(1), z.number()]).transform(String)
const row = z.object({
  id,
  tweet_id: id.optional(),
  author: id,
  inbound: z.union([z.boolean(), z.enum(['true', 'false', 'True', 'False', '1', '0'])]).default(true),
  text,
  posted_at: z.string().optional(),
  created: z.string().optional(),
  in_reply_to: z.union([id, z.literal('')]).nullish(),
  thread: z.string().nullish(),
  platform: z.string().nullish(),
})
const dialogue = z.object({ id, turns: z.array(z.object({ who: z.enum(['customer', 'rep']), text })).min(1) })

/** Rows in the file's own order. Columns are described in simulators/README.md. */
export async function readRecorded(path: string): Promise<{ rows: Recorded[]; bad: BadRow[] }> {
  const rows: Recorded[] = []
  const bad: BadRow[] = []
  const seen = new Set<string>()
  for await (const { line, value, problem } of records(path)) {
    if (problem) {
      bad.push({ line, because: problem })
      continue
    }
    const read = toRecorded(line, value)
    if (typeof read === 'string') bad.push({ line, because: read })
    else
      for (const recorded of read) {
        if (seen.has(recorded.id)) bad.push({ line, because: `id ${recorded.id} was used before` })
        else rows.push(recorded)
        seen.add(recorded.id)
      }
  }
  return { rows, bad }
}

interface RawRecord {
  line: number
  value: unknown
  problem?: string
}

async function* records(path: string): AsyncGenerator<RawRecord> {
  const plain = path.replace(/\.gz$/, '')
  const bytes: Readable = plain === path ? createReadStream(path) : createReadStream(path).pipe(createGunzip())
  if (plain.endsWith('.csv')) yield* csvRecords(bytes)
  else if (/\.(jsonl|ndjson)$/.test(plain)) yield* jsonRecords(bytes)
  else throw new Error(`${path}: name a .csv or .jsonl file (.gz is fine too)`)
}

async function* csvRecords(bytes: Readable): AsyncGenerator<RawRecord> {
  const parser = bytes.pipe(
    parse({ columns: true, bom: true, info: true, relax_column_count: true, skip_empty_lines: true, skip_records_with_error: false }),
  )
  // An empty cell is a column left out.
  for await (const { record, info } of parser as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>)
    yield { line: info.lines, value: Object.fromEntries(Object.entries(record).filter(([, cell]) => cell !== '')) }
}

async function* jsonRecords(bytes: Readable): AsyncGenerator<RawRecord> {
  let line = 0
  for await (const text of createInterface({ input: bytes, crlfDelay: Infinity })) {
    line++
    if (!text.trim()) continue
    try {
      yield { line, value: JSON.parse(text) }
    } catch (error) {
      yield { line, value: null, problem: `is no JSON: ${(error as Error).message}` }
    }
  }
}

function toRecorded(line: number, value: unknown): Recorded[] | string {
  if (typeof value === 'object' && value !== null && 'turns' in value) return fromDialogue(line, value)
  const read = row.safeParse(value)
  if (!read.success) return inWords(read.error)
  const r = read.data
  const date = r.posted_at ?? r.created
  const postedAt = date ? new Date(date) : null
  if (postedAt && Number.isNaN(postedAt.getTime())) return `posted_at ${JSON.stringify(date)} is no date`
  const isInbound = typeof r.inbound === 'boolean' ? r.inbound : /^(true|1)$/i.test(r.inbound)
  return [
    {
      line,
      id: r.tweet_id ?? r.id,
      author: r.author,
      isOwn: !isInbound,
      text: r.text,
      postedAt,
      inReplyTo: r.in_reply_to || null,
      thread: r.thread ?? null,
      platform: r.platform ?? null,
    },
  ]
}

/** One conversation a line: each turn answers the one before; one invented customer for each dialogue. */
function fromDialogue(line: number, value: object): Recorded[] | string {
  const read = dialogue.safeParse(value)
  if (!read.success) return inWords(read.error)
  const { id, turns } = read.data
  const customer = `c_${id.replace(/\W/g, '').slice(-12)}`
  return turns.map((turn, n) => ({
    line,
    id: `${id}#${n}`,
    author: turn.who === 'customer' ? customer : 'company',
    isOwn: turn.who === 'rep',
    postedAt: null,
    thread: id,
    platform: null,
    inReplyTo: n ? `${id}#${n - 1}` : null,
    text: turn.text.replace(/@customer\b/g, `@${customer}`),
  }))
}

const inWords = (error: z.ZodError) => error.issues.map(issue => `${issue.path.join('.') || 'row'} ${issue.message}`).join('; ')
