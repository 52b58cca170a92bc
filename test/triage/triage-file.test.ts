// The command that triages a file, run as a person would run it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scorerNamed } from '../../triage/scorer.ts'
import { readCorrections, type TriagedLine, triageText } from '../../triage/triage-file.ts'

const root = join(import.meta.dirname, '..', '..')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'triage-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'dist', 'triage', 'triage-file.js'), ...args], { cwd: root, encoding: 'utf8' })
const written = (name: string, text: string) => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as TriagedLine)

describe('the command', () => {
  test('writes a line for each that can be read, and tells of each that cannot', () => {
    const input = written(
      'in.jsonl',
      [
        '{"id":1,"text":"@brightwave is the site down?"}',
        'not json',
        '{"id":2}',
        '{"text":"no id"}',
        '',
        '{"id":"x","text":"thank you!","lang":"en"}',
      ].join('\n'),
    )
    const out = join(folder, 'out.jsonl')
    const { status, stderr, stdout } = run('--in', input, '--out', out)
    expect(status).toBe(0)
    expect(stdout).toBe('')
    expect(linesOf(out).map(line => [line.id, line.kind])).toEqual([
      [1, 'outage'],
      ['x', 'praise'],
    ])
    expect(stderr).toMatch(/line 2 is left out: not JSON[\s\S]*line 3 is left out: no text[\s\S]*line 4 is left out: no id/)
  })

  test('learns from corrections first', () => {
    const corrections = written(
      'corrections.jsonl',
      Array.from({ length: 30 }, (_, i) =>
        JSON.stringify({ text: `the quop is ${i % 2 ? 'zurr' : 'mell'} ${i}`, label: i % 2 ? 'negative' : 'positive' }),
      ).join('\n'),
    )
    const input = written('in2.jsonl', '{"id":1,"text":"quop zurr"}\n{"id":2,"text":"quop mell"}')
    const out = join(folder, 'out2.jsonl')
    const { stderr } = run('--in', input, '--corrections', corrections, '--out', out)
    expect(linesOf(out).map(line => line.sentiment.label)).toEqual(['negative', 'positive'])
    expect(stderr).toContain('learnt sentiment from 30')
  })

  test('knows the plain scorer, and refuses one it does not know', () => {
    const input = written('in3.jsonl', '{"id":1,"text":"terrible service"}')
    const out = join(folder, 'out3.jsonl')
    expect(run('--in', input, '--scorer', 'lexicon', '--out', out).stderr).toContain('natural-afinn')
    expect(run('--in', input, '--scorer', 'oracle', '--out', out)).toMatchObject({ status: 2 })
    expect(run('--in', input)).toMatchObject({ status: 2 })
  })
})

test('a line has every field, and scores are probabilities', () => {
  const line = triageText(7, '@brightwave my card was charged twice, third time I write', null, scorerNamed('linear'))
  expect(Object.keys(line)).toEqual([
    'id',
    'category',
    'kind',
    'tier',
    'priority',
    'actionable',
    'urgent',
    'complaint',
    'sentiment',
    'language',
    'confidence',
    'reasons',
  ])
  for (const score of [
    line.actionable.score,
    line.urgent.score,
    line.complaint.score,
    line.confidence,
    ...Object.values(line.sentiment.scores),
  ]) {
    expect(score).toBeGreaterThanOrEqual(0)
    expect(score).toBeLessThanOrEqual(1)
  }
  expect(line.reasons.length).toBeGreaterThan(0)
})

test('danger is urgent whatever the priority head says', () => {
  for (const text of ['@brightwave your charger caught fire', '@brightwave my account was hacked'])
    expect(triageText(1, text, null, scorerNamed('linear')).priority).toBe('urgent')
})

test('corrections of a plain set are read by its own labels', () => {
  const complaints: number[] = []
  const read = readCorrections(['{"text":"a","label":"complaint"}', '{"text":"b","label":"not-complaint"}', '{"text":"c"}', 'x'], line =>
    complaints.push(line),
  )
  expect(read).toEqual([
    { text: 'a', complaint: true },
    { text: 'b', complaint: false },
  ])
  expect(complaints).toEqual([4, 3])
})
