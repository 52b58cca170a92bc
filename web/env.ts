// What a page is handed: the desk, who asks, and the frame around every page.
import type { Config } from '../config.ts'
import type { IncidentRow } from '../db/incidents.ts'
import type { PresentRow } from '../db/presence.ts'
import type { Counts } from '../db/queue-page.ts'
import type { Desk } from '../desk.ts'
import type { Teammate } from '../domain.ts'
import type { Suggestion } from '../incidents/detect.ts'
import type { Live } from '../live.ts'
import type { ChannelWarning } from '../metrics/channel-watch.ts'
import type { Auth } from './auth.ts'

export interface WebDesk extends Desk {
  config: Config
  /** Tell and hear. */
  live: Live
  auth: Auth
  /** Jobs by state, for /healthz and the health page. */
  queueCounts: () => Promise<Record<string, number>>
  prometheus: () => Promise<string>
  isEmbedded: boolean
  /** Only while the demo runs: how it is ended, and where its customers write. */
  demo?: { remove: () => Promise<void>; links: { label: string; url: string }[] } | undefined
}

export type WebEnv = { Variables: { desk: WebDesk; teammate: SignedIn; frame: Frame } }

export type SignedIn = Teammate & { undoSeconds: number }

/** What every page shows around its own content; loaded once per page. */
export interface Frame {
  incidents: (IncidentRow & { linked: number })[]
  /** Capped at 1000: "999+". */
  counts: Counts
  /** Who has which ticket open. */
  present: PresentRow[]
  now: Date
  path: string
  hasDemo: boolean
  /** What the clock saw in the last minutes; only leads are shown it. */
  suggestion: Suggestion | null
  /** Channels that are silent, cut off or nearly spent, as the clock saw them; only leads are shown them. */
  channelWarnings: ChannelWarning[]
}
