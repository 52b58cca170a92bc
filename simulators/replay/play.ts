// Plays arranged mentions into a simulator over its control door, as customers and as the brand's native app.
import type { Timed } from './arrange.ts'
import type { Recorded } from './read-file.ts'

export interface Stage {
  /** `x` or `facebook`: which simulator this is. */
  platform: string
  url: string
  /** The brand's handle there, and for Facebook its page id. */
  brand: { handle: string; id: string }
}
export interface Pace {
  /** 20: twenty times as fast as it was. */
  speed: number
  /** The longest wait between two rows, after the speed. */
  maxGapMs: number
}
export interface Played {
  played: number
  inbound: number
  own: number
  skipped: number
}

/** Rows already in `done` (row id → id over there) are skipped: a stopped replay goes on. `onPlayed` must store what it is told before it returns. */
export async function play(
  rows: readonly Timed[],
  stage: Stage,
  pace: Pace,
  done: Map<string, string>,
  onPlayed: (rowId: string, externalId: string) => void,
  signal: AbortSignal,
): Promise<Played> {
  const brands = new Set(rows.filter(t => t.row.isOwn).map(t => t.row.author.toLowerCase()))
  brands.add('company')
  const tally: Played = { played: 0, inbound: 0, own: 0, skipped: 0 }
  const underWay = new Map<string, Promise<void>>()
  let due = Date.now()
  try {
    for (const { row, afterMs } of rows) {
      if (signal.aborted) break
      if (done.has(row.id)) {
        tally.skipped++
        continue
      }
      due += Math.min(afterMs / pace.speed, pace.maxGapMs)
      const wait = due - Date.now()
      if (wait > 2) await sleep(wait, signal)
      // When the pace outruns the simulator, a few rows are under way at once; never an answer before what it answers.
      if (row.inReplyTo) await underWay.get(row.inReplyTo)
      while (underWay.size >= AT_ONCE) await Promise.race(underWay.values())
      if (signal.aborted) break
      underWay.set(
        row.id,
        sayOne(row).finally(() => underWay.delete(row.id)),
      )
    }
  } finally {
    await Promise.all(underWay.values())
  }
  return tally

  async function sayOne(row: Recorded) {
    const externalId = await say(stage, row, row.inReplyTo ? done.get(row.inReplyTo) : undefined, brands)
    done.set(row.id, externalId)
    onPlayed(row.id, externalId)
    tally.played++
    tally[row.isOwn ? 'own' : 'inbound']++
  }
}

const AT_ONCE = 24

async function say(stage: Stage, row: Recorded, parent: string | undefined, brands: Set<string>): Promise<string> {
  const text = addressed(
    row.text.replace(/@(\w+)/g, (whole, handle: string) => (brands.has(handle.toLowerCase()) ? `@${stage.brand.handle}` : whole)),
    row,
    stage,
  )
  if (stage.platform === 'x')
    return (
      await control<{ id: string }>(stage, 'post', { from: row.isOwn ? stage.brand.handle : handleOf(row.author), text, inReplyTo: parent })
    ).id
  const from = row.isOwn ? stage.brand.id : row.author
  return parent
    ? (await control<{ id: string }>(stage, 'comment', { on: parent, from, message: text })).id
    : (await control<{ id: string }>(stage, 'post', { page: stage.brand.id, from, message: text })).id
}

/** Every customer row was said to a brand: one that does not name it (it named another, or only replied) gets the name in front. */
function addressed(text: string, row: Recorded, stage: Stage): string {
  if (row.isOwn || stage.platform !== 'x') return text
  return new RegExp(`@${stage.brand.handle}\\b`, 'i').test(text) ? text : `@${stage.brand.handle} ${text}`
}

const handleOf = (author: string) => author.replace(/\W/g, '_').slice(0, 15)

/** @throws with the simulator's own words. */
export async function control<T>(stage: Pick<Stage, 'url'>, name: string, input: object): Promise<T> {
  const response = await fetch(`${stage.url}/_sim/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  const answer = (await response.json()) as { result?: T; error?: string }
  if (!response.ok) throw new Error(`the simulator at ${stage.url} refused ${name}: ${answer.error}`)
  return answer.result as T
}

const sleep = (ms: number, signal: AbortSignal) =>
  new Promise<void>(resolve => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
