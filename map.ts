// `npm run map`: every file with its one job, by room, and how long files are: a layout that is never stale.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './config.ts'

const rooms = ['.', 'connectors', 'triage', 'responders', 'incidents', 'metrics', 'db', 'web', 'simulators', 'bench', 'test']
const lines: number[] = []

for (const room of rooms) {
  const files = filesOf(room)
  console.log(`\n${room === '.' ? 'top floor' : `${room}/`} · ${files.length} files, ${spread(files.map(file => file.lines))}`)
  for (const { path, job, lines: count } of files) console.log(`  ${path.padEnd(44)} ${String(count).padStart(4)}  ${job}`)
  if (room !== 'test') lines.push(...files.map(file => file.lines))
}
console.log(`\nthe product and its simulators: ${lines.length} files, ${spread(lines)}`)

function filesOf(room: string) {
  const entries = readdirSync(join(projectRoot, room), { recursive: room !== '.', encoding: 'utf8' })
  return entries
    .filter(path => /\.(ts|tsx|js)$/.test(path) && !/(^|\/)(samples|request|node_modules)\//.test(path) && !path.endsWith('.d.ts'))
    .sort()
    .map(path => {
      const text = readFileSync(join(projectRoot, room, path), 'utf8')
      return { path, lines: text.split('\n').length - 1, job: /^(?:#!.*\n)?\/\/ (.*)/.exec(text)?.[1] ?? '(says nothing of its job)' }
    })
}

/** Median · 90th percentile · longest. */
function spread(counts: readonly number[]): string {
  const sorted = [...counts].sort((a, b) => a - b)
  const at = (p: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0
  return `lines ${at(0.5)} · ${at(0.9)} · ${sorted.at(-1) ?? 0}`
}
