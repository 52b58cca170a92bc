// What every part of the simulated instance is handed: its name, state, clock, ids, faults and limits.
import type { Clock } from '../clock.ts'
import type { FaultBoard } from '../faults.ts'
import type { Snowflakes } from '../snowflake.ts'
import type { UploadShelf } from '../uploads.ts'
import type { MastodonLimits } from './limits.ts'
import type { MastodonEntry, MastodonState } from './state.ts'

export interface MastodonWorld {
  /** The instance's name, as it stands in addresses; not where it listens. */
  host: string
  /** What a status may hold, in characters. */
  maxCharacters: () => number
  /** Whether words can be searched for. */
  hasSearch: () => boolean
  /** Whether it streams to whoever asks. */
  hasStreaming: () => boolean
  /** Where it does. */
  streamingUrl: () => string
  state: MastodonState
  clock: Clock
  ids: Snowflakes
  faults: FaultBoard
  limits: MastodonLimits
  uploads: UploadShelf
  /** Applies what happened, keeps it, and tells the pages that watch. */
  record: (entry: MastodonEntry) => void
  watch: (listener: () => void) => () => void
}
