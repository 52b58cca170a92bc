// The workspace's own layer: learnt from the corrections in the worker, kept as one row, refreshed in each process when it changes.
import { randomUUID } from 'node:crypto'
import { countStanding, findLayer, findLayerVersion, type LearnableRow, listLearnable, markLearnt, saveLayer } from '../db/corrections.ts'
import { holdLease, releaseLease } from '../db/leases.ts'
import type { Db } from '../db/schema.ts'
import type { Desk } from '../desk.ts'
import type { Category } from '../domain.ts'
import type { Correction } from './correction.ts'
import { hashOf } from './corrections.ts'
import { emptyLayer, type LearntLayer, learnOne, movedWords, readLayer, replay, taughtScorer, writeLayer } from './learn.ts'
import { packExample, unpackExample } from './packed-example.ts'
import { type Scorer, scorerNamed, scoresOf } from './scorer.ts'
import type { Logits } from './signals/heads.ts'

/**
 * Brings the layer up to the corrections: new ones are one step each; after an undo, or with newly trained heads, all are replayed from zero.
 * One at a time over all processes; who finds it taken leaves it, and the sweep rings again for what came meanwhile.
 */
export async function learnFromCorrections(desk: Desk) {
  const holder = `${process.pid} ${randomUUID()}`
  if (!(await holdLease(desk.db, LEASE, holder, LEASE_MS))) return
  try {
    while (await learnWhatIsNew(desk)) await holdLease(desk.db, LEASE, holder, LEASE_MS)
  } finally {
    await releaseLease(desk.db, LEASE, holder)
  }
}

/** For the sweep: something was corrected or undone that the layer does not know of. */
export async function isBehind(db: Db): Promise<boolean> {
  const [row, standing] = [await findLayerVersion(db, WORKSPACE), await countStanding(db)]
  return row ? row.corrections !== standing.corrections || row.lastCorrectionId !== standing.last : standing.corrections > 0
}

/** What `judge` is given: the shipped heads with this workspace's layer on top. Asks for the version once per batch, for the layer when it changed. */
export async function findTaughtScorer(desk: Pick<Desk, 'db'>, tx: Db): Promise<Scorer> {
  const shipped = shippedScorer()
  const version = await findLayerVersion(tx, WORKSPACE)
  if (!version) return shipped
  const key = `${version.lastCorrectionId} ${version.corrections} ${version.learntAt.getTime()}`
  const known = loaded.get(desk.db)
  if (known?.key === key) return known.scorer
  const row = await findLayer(tx, WORKSPACE)
  // Learnt over other heads: until it is replayed, the shipped ones speak alone.
  const scorer = row && row.model === shipped.model ? taughtScorer(shipped, layerOf(row.layer)) : shipped
  loaded.set(desk.db, { key, scorer })
  return scorer
}

export interface LearntState {
  corrections: number
  isBehind: boolean
  /** Words of corrected mentions that are still there, and what they speak for since. */
  words: { word: string; category: Category; points: number }[]
}

export async function findLearntState(db: Db, recent: readonly Correction[]): Promise<LearntState> {
  const row = await findLayer(db, WORKSPACE)
  const isReadable = row && row.model === shippedScorer().model && row.corrections > 0
  return {
    corrections: row?.corrections ?? 0,
    isBehind: await isBehind(db),
    words: isReadable ? movedWords(layerOf(row.layer), recent, WORDS) : [],
  }
}

/** The heads that corrections are learnt over: never ones that were taught already. */
export const shippedScorer = () => scorerNamed('linear')

/** Pure: rows in the order they were made; the same rows give the same layer on any machine. `from`: a layer to go on from. */
export function learnRows(rows: readonly LearnableRow[], scorer: Scorer, from: LearntLayer | null): LearntLayer {
  const examples = rows.flatMap(row => {
    const logits = logitsOf(row, scorer)
    return logits ? [{ logits, correction: { ...row.after, text: '', at: row.at.toISOString() } satisfies Correction }] : []
  })
  // The core asks a scorer about a text; here the answers were packed when the correction was made, and the text may be gone.
  let answer: Logits | undefined
  const packed: Scorer = { name: scorer.name, model: scorer.model, score: () => scoresOf(answer!, noParts) }
  if (from) {
    return examples.reduce((layer, example) => {
      answer = example.logits
      return learnOne(layer, example.correction, packed)
    }, from)
  }
  function* inOrder() {
    for (const example of examples) {
      answer = example.logits
      yield example.correction
    }
  }
  return replay(inOrder(), packed).layer
}

async function learnWhatIsNew(desk: Desk): Promise<boolean> {
  const { db } = desk
  const scorer = shippedScorer()
  const [row, standing] = [await findLayer(db, WORKSPACE), await countStanding(db)]
  const isSameModel = row?.model === scorer.model
  if (row ? isSameModel && row.corrections === standing.corrections && row.lastCorrectionId === standing.last : standing.corrections === 0)
    return false
  // None of those it holds was undone, and none came late: what is new can go on top.
  const mayGoOn = row && isSameModel && (await countStanding(db, row.lastCorrectionId)).corrections === row.corrections
  const rows = await listLearnable(db, mayGoOn ? row.lastCorrectionId : 0)
  const layer = rows.length || mayGoOn ? learnRows(rows, scorer, mayGoOn ? layerOf(row.layer) : null) : emptyLayer()
  const last = rows.at(-1)?.id ?? (mayGoOn ? row.lastCorrectionId : 0)
  await db.transaction().execute(async tx => {
    await saveLayer(tx, {
      name: WORKSPACE,
      lastCorrectionId: last,
      corrections: (mayGoOn ? row.corrections : 0) + rows.length,
      layer: Buffer.from(writeLayer(layer)),
      model: scorer.model,
      learntAt: desk.now(),
    })
    await markLearnt(tx, last, desk.now())
  })
  desk.log.info({ corrections: rows.length, replayed: !mayGoOn }, 'learnt from corrections')
  return true
}

/** As packed; where the heads were trained anew and the words are still there, asked again. */
function logitsOf(row: LearnableRow, scorer: Scorer): Logits | null {
  const packed = unpackExample(row.features, scorer)
  if (packed && !packed.isOtherModel) return packed.logits
  if (row.text && hashOf(row.text) === row.textHash) return unpackExample(packExample(row.text, scorer), scorer)!.logits
  return packed?.logits ?? null
}

const layerOf = (bytes: Uint8Array) => readLayer(Buffer.from(bytes).toString())
const noParts = () => {
  throw new Error('a packed example has no words to explain')
}
/** By database: a process has one, tests have many. */
const loaded = new WeakMap<Db, { key: string; scorer: Scorer }>()
const WORKSPACE = 'workspace'
const LEASE = 'learning'
const LEASE_MS = 60_000
const WORDS = 16
