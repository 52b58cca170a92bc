// CPU time of process trees, from /proc: rates swing on a shared machine, CPU per operation much less.
import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds of user and system time of these processes, their living children and those already buried; null where there is no /proc. */
export function cpuMs(roots: readonly number[]): number | null {
  const processes = readProcesses()
  if (!processes) return null
  const sum = (pid: number): number =>
    (processes.own.get(pid) ?? 0) + (processes.children.get(pid) ?? []).reduce((total, child) => total + sum(child), 0)
  return roots.reduce((total, pid) => total + sum(pid), 0)
}

/** From now until asked: what each part used. */
export function cpuByPart(parts: Record<string, number>): () => Record<string, number> | null {
  const before = Object.entries(parts).map(([name, pid]) => [name, pid, cpuMs([pid])] as const)
  return () =>
    before.some(([, , ms]) => ms === null) ? null : Object.fromEntries(before.map(([name, pid, ms]) => [name, cpuMs([pid])! - ms!]))
}

function readProcesses() {
  let pids: number[]
  try {
    pids = readdirSync('/proc').map(Number).filter(Boolean)
  } catch {
    return null
  }
  const own = new Map<number, number>()
  const children = new Map<number, number[]>()
  for (const pid of pids) {
    const stat = readStat(pid)
    if (!stat) continue
    own.set(pid, stat.ms)
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), pid])
  }
  return own.size ? { own, children } : null
}

/** Undefined: it ended while we looked. */
function readStat(pid: number): { parent: number; ms: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, in brackets, may hold spaces and brackets itself.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [utime, stime, cutime, cstime] = fields.slice(11, 15)
    return { parent: fields[1]!, ms: (utime! + stime! + cutime! + cstime!) * MS_PER_TICK }
  } catch {
    return undefined
  }
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10
