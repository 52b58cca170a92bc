// What the storm knows of a simulated platform, whichever it is: our accounts there, its customers, and its weather.
import type { Secrets } from '../../connectors/connector.ts'
import type { Platform, Visibility } from '../../domain.ts'
import type { Fault } from '../../simulators/faults.ts'

export type Chance = () => number

/** One of our accounts, as a sign-in would give it. */
export interface Ours {
  platform: Platform
  externalId: string
  handle: string
  name: string
  capabilities: Record<string, string | boolean>
  /** A new sign-in's. */
  freshSecrets: () => Secrets
}

/** Something a customer did, and what must have become of it when all is quiet. */
export interface Said {
  platform: Platform
  /** Accounts of ours it is for. */
  accounts: string[]
  id: string
  visibility: Visibility
  /** The words nothing else holds: the newest. */
  words: string
  at: number
  isEdited: boolean
  /** Taken back by the customer; `untold`: the platform tells nobody. */
  removed: null | 'told' | 'untold'
  /** Why it need not be here: a documented limit of the platform. */
  mayBeMissing: string | null
  /** Left out: it cannot be done on this platform, or nobody would ever hear of it. */
  edit?: ((words: string) => void) | undefined
  remove?: (() => 'told' | 'untold') | undefined
}

/** Words of ours that stand on the platform. */
export interface OwnWords {
  account: string
  id: string
  text: string
}

export interface Station {
  name: string
  accounts: Ours[]
  /** A customer writes; `words` stand in it as they are. `isLost`: its push, if there is one, never arrives. */
  say: (chance: Chance, words: string, isLost: boolean) => Said
  revoke: (account: Ours) => void
  /** A revoked sign-in is dead at the next call; else once its session ends. */
  diesAtOnce: boolean
  /** What belongs together at one owner: revoked together. */
  ownedWith: (account: Ours) => Ours[]
  ownWords: () => OwnWords[]
  /** Paths on which answers are posted, and the renewal of sign-ins, where a lost answer is no lost answer but a lost sign-in. */
  sendPaths: string[]
  readPath: string
  setFault: (fault: Fault) => void
  faults: () => Fault[]
  clearFaults: () => void
  /** Only where the platform pushes. */
  pushes?: {
    /** Waits until all of them arrived. */
    settle: () => Promise<void>
    /** What customers do now is pushed to this account. */
    isPushed: (account: Ours) => boolean
    /** The operator's webhook is out of order, and the platform draws its conclusion. */
    switchOff: () => Promise<void>
  }
  /** Only where the platform streams what watch terms match: the word our accounts there listen for. */
  streams?: {
    word: string
    isOpen: () => boolean
    /** The platform hangs up. */
    drop: () => void
  }
  stop: () => Promise<void>
}

export const pick = <T>(list: readonly T[], chance: Chance): T => list[Math.floor(chance() * list.length)]!
