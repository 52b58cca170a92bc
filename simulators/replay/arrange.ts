// Puts recorded mentions in the order they were said, and says how long after the one before each comes.
import type { Recorded } from './read-file.ts'

export interface Timed {
  row: Recorded
  /** Milliseconds after the row before it, at the file's own pace. */
  afterMs: number
}

/** Undated rows: a customer's turn follows within a minute, an answer of the brand after five. */
export const UNDATED_MS = { customer: 60_000, brand: 300_000 }

/** By time where there is one, and never an answer before what it answers; undated rows keep the file's order, spaced by rule. */
export function arrange(rows: readonly Recorded[]): Timed[] {
  const byId = new Map(rows.map(row => [row.id, row]))
  const dated = rows.filter(row => row.postedAt).sort((a, b) => a.postedAt!.getTime() - b.postedAt!.getTime())
  const ordered: Recorded[] = []
  const placed = new Set<string>()
  for (const row of [...dated, ...rows.filter(row => !row.postedAt)]) {
    // Its parents first; a chain that bites its own tail is cut where it began.
    const chain: Recorded[] = []
    for (let next: Recorded | undefined = row; next && !placed.has(next.id); next = next.inReplyTo ? byId.get(next.inReplyTo) : undefined) {
      placed.add(next.id)
      chain.push(next)
    }
    ordered.push(...chain.reverse())
  }
  let last: Date | null = null
  return ordered.map((row, n) => {
    const gap =
      row.postedAt && last
        ? Math.max(0, row.postedAt.getTime() - last.getTime())
        : n === 0 || row.postedAt
          ? 0
          : UNDATED_MS[row.isOwn ? 'brand' : 'customer']
    if (row.postedAt) last = row.postedAt
    return { row, afterMs: gap }
  })
}
