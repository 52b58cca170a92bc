// The house's own rules, checked by a machine: arrows between rooms, platform names at home, a first line in every file.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { expect, test } from 'vitest'
import { connectors } from '../connectors/all.ts'

const root = join(import.meta.dirname, '..')
const rooms = ['connectors', 'triage', 'responders', 'incidents', 'metrics', 'db', 'web', 'simulators', 'replay', 'bench', 'test']
const files = [
  ...rooms.flatMap(room => walk(join(root, room))),
  ...readdirSync(root)
    .filter(f => /\.tsx?$/.test(f))
    .map(f => join(root, f)),
]
  .filter(file => /\.(ts|tsx|cts|mts)$/.test(file) && !file.endsWith('.d.ts'))
  .map(file => ({ path: relative(root, file), text: readFileSync(file, 'utf8') }))

/** What each room may import, beside itself and the nouns. Types of the contract may be named anywhere. */
const mayImport: Record<string, readonly string[]> = {
  connectors: ['config.ts'],
  db: ['config.ts'],
  triage: ['connectors', 'db', 'desk.ts', 'line.ts', 'config.ts'],
  responders: ['connectors', 'db', 'desk.ts', 'line.ts', 'triage', 'config.ts'],
  incidents: ['connectors', 'db', 'desk.ts', 'line.ts', 'triage', 'responders', 'config.ts'],
  metrics: ['db', 'desk.ts', 'triage'],
  simulators: [],
}
/** A folder with a connector is a platform; what several of one company share stands beside them, and imports none. */
const platformFolders = readdirSync(join(root, 'connectors'))
  .filter(name => existsSync(join(root, 'connectors', name, 'connector.ts')))
  .sort()
/** The means on the top floor never import a room of verbs, nor each other beyond types. */
const means = ['jobs.ts', 'live.ts', 'vault.ts', 'desk.ts', 'line.ts', 'config.ts', 'domain.ts']

test('the arrows between rooms point one way', () => {
  const wrong: string[] = []
  for (const file of files) {
    const room = file.path.split('/')[0]!
    const allowed = mayImport[room]
    if (!allowed) continue
    for (const { target, typeOnly } of importsOf(file)) {
      const to = target.split('/')[0]!
      if (to === room || to === 'domain.ts' || allowed.includes(to)) continue
      if (typeOnly && to === 'connectors') continue
      wrong.push(`${file.path} → ${target}`)
    }
  }
  expect(wrong).toEqual([])
})

test('the means import no verb and no page', () => {
  const wrong = files
    .filter(file => means.includes(file.path))
    .flatMap(file =>
      importsOf(file)
        .filter(i => /^(triage|responders|incidents|metrics|web|simulators)\//.test(i.target))
        .map(i => `${file.path} → ${i.target}`),
    )
  expect(wrong).toEqual([])
})

test('nothing in the product imports the simulators but the demo and the drill', () => {
  const wrong = files
    .filter(
      file => !/^(simulators|test|replay|bench)\//.test(file.path) && !['main.ts', 'demo.ts', 'incidents/drill.ts'].includes(file.path),
    )
    .flatMap(file =>
      importsOf(file)
        .filter(i => i.target.startsWith('simulators/'))
        .map(i => `${file.path} → ${i.target}`),
    )
  expect(wrong).toEqual([])
})

test('only jobs.ts knows BullMQ', () => {
  expect(files.filter(file => !file.path.startsWith('test/') && /from 'bullmq'/.test(file.text)).map(f => f.path)).toEqual(['jobs.ts'])
})

test('no platform imports another platform', () => {
  const platformOf = (path: string) => platformFolders.find(name => path.startsWith(`connectors/${name}/`))
  const wrong = files
    .filter(file => file.path.startsWith('connectors/') && file.path !== 'connectors/all.ts')
    .flatMap(file =>
      importsOf(file)
        .filter(i => platformOf(i.target) && platformOf(i.target) !== platformOf(file.path))
        .map(i => `${file.path} → ${i.target}`),
    )
  expect(wrong).toEqual([])
})

test('a platform is named only at home: no `=== "x"` or `facebook` in the other rooms', () => {
  const names = connectors.map(c => c.platform)
  const naming = new RegExp(`(['"\`])(${names.join('|')})\\1`)
  const wrong = files
    .filter(file => /^(triage|responders|incidents|metrics|db|web)\//.test(file.path) || means.includes(file.path))
    // Words a judge has learnt are not code.
    .filter(file => !/^triage\/(lexicon\/|training\/|weights\/|train\.ts|evaluate\.ts)/.test(file.path))
    .flatMap(file => file.text.split('\n').flatMap((line, n) => (naming.test(line) ? [`${file.path}:${n + 1} ${line.trim()}`] : [])))
  expect(wrong).toEqual([])
})

test('every platform folder is in all.ts, with its README, icon and samples', () => {
  expect(connectors.map(c => c.platform).sort()).toEqual(platformFolders)
  for (const folder of platformFolders)
    expect(readdirSync(join(root, 'connectors', folder))).toEqual(
      expect.arrayContaining(['README.md', 'icon.svg', 'samples', 'connector.ts']),
    )
})

test('every file says its job in its first line', () => {
  expect(files.filter(file => !/^(#!.*\n)?\/\/ \S.{10,}/.test(file.text)).map(f => f.path)).toEqual([])
})

test('no drawer: no file or folder is called utils, helpers, common, shared, misc, lib, core, manager, service, handler, index', () => {
  const drawer = /(^|\/)(utils?|helpers?|common|shared|misc|lib|core|managers?|services?|handlers?|processors?|controllers?|index)(\.|\/|$)/
  expect(files.filter(file => drawer.test(file.path)).map(f => f.path)).toEqual([])
})

function importsOf(file: { path: string; text: string }) {
  return [...file.text.matchAll(/^(?:import|export)\s+(type\s+)?[^'"]*?from\s+'(\.[^']+)'/gm)].map(([whole, type, from]) => ({
    target: normalize(join(dirname(file.path), from!)),
    typeOnly: !!type || /^import\s+\{\s*(type\s+\w+(\s+as\s+\w+)?,?\s*)+\}/.test(whole),
  }))
}

function walk(folder: string): string[] {
  let entries: string[]
  try {
    entries = readdirSync(folder)
  } catch {
    return []
  }
  return entries.flatMap(name => {
    const path = join(folder, name)
    if (name === 'node_modules' || name === 'samples' || name === 'request') return []
    return statSync(path).isDirectory() ? walk(path) : [path]
  })
}
