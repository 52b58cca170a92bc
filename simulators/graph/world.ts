// What every part of the simulated Graph API is handed: its state, clock, ids, faults and pushes.
import type { Clock } from '../clock.ts'
import type { FaultBoard } from '../faults.ts'
import type { PushQueue } from '../pushes.ts'
import type { UploadShelf } from '../uploads.ts'
import type { GraphEntry, GraphState } from './state.ts'
import type { Told } from './updates.ts'
import type { Usage } from './usage.ts'

export interface GraphWorld {
  state: GraphState
  clock: Clock
  /** A number nobody has yet. */
  nextId: () => string
  faults: FaultBoard
  usage: Usage
  uploads: UploadShelf
  /** Where this simulator listens. */
  url: () => string
  pushes: PushQueue<Told>
  /** Applies what happened, keeps it, and tells the pages that watch. */
  record: (entry: GraphEntry) => void
  watch: (listener: () => void) => () => void
}
