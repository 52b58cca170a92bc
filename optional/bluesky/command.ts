// npm run test:bluesky: sees what is missing, installs the network's packages, and runs the suite against it.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasPostgres } from '../../test/servers.ts'

const here = import.meta.dirname
const root = join(here, '../..')

if (!hasPostgres)
  stop('The suite needs the programs of PostgreSQL (initdb, postgres), for the AppView’s own database: apt-get install postgresql')
if (Number(process.versions.node.split('.')[0]) < 22)
  stop(`The network’s packages need Node 22 or newer; this is ${process.version}. Use npm run.`)
install()
// All the packages run as they are: nothing is compiled, and no script of theirs is run.
exitWith(run(join(root, 'node_modules/.bin/vitest'), ['run', '--config', join(here, 'vitest.config.ts'), ...process.argv.slice(2)]))

/** 463 MB in some two minutes, once for each lock file. */
function install(): void {
  const lock = readFileSync(join(here, 'package-lock.json'), 'utf8')
  const mark = join(here, 'node_modules/.installed')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return
  console.log('Installing a Bluesky network into optional/bluesky/node_modules: about 450 MB, this once.')
  const { status } = run('npm', ['ci', '--prefix', here, '--ignore-scripts'])
  if (status !== 0) stop('The packages could not be installed: see above.')
  writeFileSync(mark, lock)
}

function run(program: string, given: string[]) {
  return spawnSync(program, given, { cwd: root, stdio: 'inherit' })
}

function stop(because: string): never {
  console.error(because)
  process.exit(1)
}

function exitWith({ status, error }: ReturnType<typeof run>): never {
  if (error) stop(error.message)
  process.exit(status ?? 1)
}
