// What every part of the simulated X is handed: its state, clock, ids, faults and pushes.
import type { Clock } from '../clock.ts'
import type { FaultBoard } from '../faults.ts'
import type { PushQueue } from '../pushes.ts'
import type { Snowflakes } from '../snowflake.ts'
import type { UploadShelf } from '../uploads.ts'
import type { XLimits } from './limits.ts'
import type { XEntry, XState } from './state.ts'

export interface XWorld {
  state: XState
  clock: Clock
  ids: Snowflakes
  faults: FaultBoard
  limits: XLimits
  pushes: PushQueue<unknown>
  uploads: UploadShelf
  /** Applies what happened, keeps it, and tells the pages that watch. */
  record: (entry: XEntry) => void
  watch: (listener: () => void) => () => void
}
