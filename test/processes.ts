// Real processes of the product: started from what was built, killed without mercy, gone when the test is over.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { projectRoot } from '../config.ts'
import { freePort, isFree } from './servers.ts'

export interface ProductProcess {
  pid: number
  /** Everything it wrote so far. */
  output: () => string
  /** Waits until it has written this; fails when it ends first, with what it wrote instead. */
  says: (what: RegExp, withinMs?: number) => Promise<RegExpExecArray>
  /** kill -9, and gone. */
  kill: () => Promise<void>
  /** Asks it to stop, and waits: its exit code, null when it had to be killed. */
  stop: (signal: 'SIGINT' | 'SIGTERM', withinMs?: number) => Promise<number | null>
  /** Its exit code, once it ended by itself. */
  ended: (withinMs?: number) => Promise<number | null>
}

/** `node dist/file` with this environment and nothing else of ours. */
export function startProduct(file: string, env: Record<string, string>): ProductProcess {
  const child = spawn(process.execPath, [join('dist', file.replace(/\.ts$/, '.js'))], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const write = (chunk: Buffer) => void (output += chunk.toString('utf8'))
  child.stdout.on('data', write)
  child.stderr.on('data', write)
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  const exit = once(child, 'exit')
  const kill = async () => {
    if (!isOver()) child.kill('SIGKILL')
    await exit
  }
  const ended = async (withinMs = 30_000) => {
    await eventually(`${file} to end; it wrote:\n${output}`, isOver, withinMs)
    return child.exitCode
  }
  onTestFinished(kill)
  return {
    pid: child.pid!,
    output: () => output,
    kill,
    ended,
    async says(what, withinMs = 60_000) {
      await eventually(`${file} to say ${what}`, () => what.test(output) || isOver(), withinMs)
      const said = what.exec(output)
      if (!said) throw new Error(`${file} ended (${child.exitCode ?? child.signalCode}) and said:\n${output}`)
      return said
    },
    async stop(signal, withinMs = 10_000) {
      if (!isOver()) child.kill(signal)
      return ended(withinMs)
    },
  }
}

/** Looks again and again until there is something; a throw while looking counts as not yet. */
export async function eventually<T>(waitingFor: string, look: () => T | Promise<T>, withinMs = 30_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + withinMs
  let cause: unknown
  for (;;) {
    try {
      const seen = await look()
      if (seen) return seen
      cause = undefined
    } catch (error) {
      cause = error
    }
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${waitingFor}`, { cause })
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}

/** A free port whose next two are free as well: the demo's platforms stand beside it. */
export async function freePortOfThree(): Promise<number> {
  for (;;) {
    const port = await freePort()
    if ((await isFree(port + 1)) && (await isFree(port + 2))) return port
  }
}
