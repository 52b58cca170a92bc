// Replay files: what is read, what is left out and said, and in which order it is played.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { arrange, UNDATED_MS } from '../../simulators/replay/arrange.ts'
import { play } from '../../simulators/replay/play.ts'
import { readRecorded } from '../../simulators/replay/read-file.ts'
import { startXSimulator } from '../../simulators/x/start.ts'

const folder = mkdtempSync(join(tmpdir(), 'heed-replay-'))
const file = (name: string, content: string | Buffer) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const jsonl = (rows: unknown[]) => rows.map(row => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n')

test('a file with broken rows plays the good ones and names the line of each bad one', async () => {
  const path = file(
    'broken.jsonl',
    jsonl([
      { id: '1', author: 'mo', text: 'hello' },
      '{not json',
      { id: '2', author: 'mo' },
      { id: '3', author: 'mo', text: 'x', posted_at: 'last week' },
      { id: '1', author: 'mo', text: 'twice' },
    ]),
  )
  const { rows, bad } = await readRecorded(path)
  expect(rows.map(r => r.id)).toEqual(['1'])
  expect(bad).toEqual([
    { line: 2, because: expect.stringContaining('no JSON') },
    { line: 3, because: expect.stringContaining('text') },
    { line: 4, because: 'posted_at "last week" is no date' },
    { line: 5, because: 'id 1 was used before' },
  ])
})

test('CSV with quotes, commas and line breaks in a text is read; so is a gzipped file', async () => {
  const csv =
    'id,author,inbound,text,posted_at,in_reply_to\n1,mo,true,"one, two\nthree",2026-01-02T10:00:00Z,\n2,acme,false,sorry,2026-01-02T10:05:00Z,1\n'
  for (const path of [file('a.csv', csv), file('a.csv.gz', gzipSync(csv))]) {
    const { rows, bad } = await readRecorded(path)
    expect(bad).toEqual([])
    expect(rows.map(r => [r.id, r.isOwn, r.text, r.inReplyTo])).toEqual([
      ['1', false, 'one, two\nthree', null],
      ['2', true, 'sorry', '1'],
    ])
  }
})

test('a dialogue is one customer and the brand in turns, each answering the one before', async () => {
  const { rows } = await readRecorded(
    file(
      'd.jsonl',
      jsonl([
        {
          id: 'dlg-1',
          turns: [
            { who: 'customer', text: '@company late' },
            { who: 'rep', text: '@customer sorry' },
          ],
        },
      ]),
    ),
  )
  expect(rows.map(r => [r.id, r.isOwn, r.inReplyTo])).toEqual([
    ['dlg-1#0', false, null],
    ['dlg-1#1', true, 'dlg-1#0'],
  ])
  expect(rows[1]!.text).toBe('@c_dlg1 sorry')
})

test('rows are played by time, an answer never before what it answers, undated ones spaced by rule', () => {
  const row = (id: string, minute: number | null, inReplyTo: string | null = null, isOwn = false) => ({
    line: 1,
    id,
    author: 'mo',
    isOwn,
    text: id,
    postedAt: minute === null ? null : new Date(Date.UTC(2026, 0, 1, 10, minute)),
    inReplyTo,
    thread: null,
    platform: null,
  })
  const timed = arrange([
    row('late', 9),
    row('answer', 3, 'parent', true),
    row('parent', 4),
    row('free', null),
    row('free answer', null, 'free', true),
  ])
  expect(timed.map(t => t.row.id)).toEqual(['parent', 'answer', 'late', 'free', 'free answer'])
  expect(timed.map(t => t.afterMs).slice(2)).toEqual([6 * 60_000, UNDATED_MS.customer, UNDATED_MS.brand])
})

test('a replay that was stopped goes on and says nothing twice', async () => {
  const x = await startXSimulator({})
  try {
    const brand = x.control.createBrand({ handle: 'acme_care', name: 'Acme Care' })
    const { rows } = await readRecorded(
      file(
        'r.jsonl',
        jsonl(
          [1, 2, 3, 4].map(n => ({ id: `${n}`, author: 'mo', text: `@acme_care number ${n}`, in_reply_to: n > 1 ? `${n - 1}` : null })),
        ),
      ),
    )
    const stage = { platform: 'x', url: x.url, brand: { handle: brand.username, id: brand.id } }
    const done = new Map<string, string>()
    const stopping = new AbortController()
    const pace = { speed: 1_000_000, maxGapMs: 0 }
    await play(
      arrange(rows),
      stage,
      pace,
      done,
      () => {
        if (done.size === 2) stopping.abort()
      },
      stopping.signal,
    )
    expect(done.size).toBe(2)
    const tally = await play(arrange(rows), stage, pace, done, () => {}, new AbortController().signal)
    expect(tally).toEqual({ played: 2, inbound: 2, own: 0, skipped: 2 })
    expect(x.control.posts().map(p => p.text)).toEqual([1, 2, 3, 4].map(n => `@acme_care number ${n}`))
    expect(x.control.posts().map(p => p.inReplyTo !== null)).toEqual([false, true, true, true])
  } finally {
    await x.stop()
  }
})
