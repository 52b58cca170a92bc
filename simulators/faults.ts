// Faults on demand: which one meets the next matching request or push, and how often.

/** What a request can meet. `path` knows `*` (one segment), `**` (the rest) and `:name`; no path: every request. */
export type RequestFault = {
  method?: string
  path?: string
  /** How many times; default 1. */
  times?: number
} /** 429 on X, a throttle code on Graph (`code`: 4, 17, 32, 613, 80001…). `bare`: without the headers that say how long. */ & (
  | { kind: 'rate-limited'; bare?: boolean; resetInMs?: number; code?: number }
  | { kind: 'server-error'; status?: number }
  | { kind: 'html-502' }
  | { kind: 'empty-body' }
  /** The right answer, cut in the middle. */
  | { kind: 'cut-body' }
  /** The platform does it, and the connection dies before the answer. */
  | { kind: 'accepted-then-dropped' }
  /** The connection dies and nothing was done. */
  | { kind: 'dropped' }
  | { kind: 'never-answers' }
  | { kind: 'slow'; ms: number }
  | { kind: 'redirect'; to?: string }
  | { kind: 'not-summoned' }
  | { kind: 'token-revoked'; subcode?: number }
  /** Any other error of the Graph API. */
  | { kind: 'graph-error'; code: number; subcode?: number; message?: string; status?: number; isTransient?: boolean }
  | { kind: 'answer'; status: number; body: string; headers?: Record<string, string> }
)

/** What a push can meet. */
export type PushFault = { times?: number } /** Sent twice. */ & (
  | { kind: 'push-duplicate' }
  /** The next `times` pushes are gathered and sent last first. */
  | { kind: 'push-reorder' }
  | { kind: 'push-delay'; ms: number }
  /** Lost for ever: only polling can find it. */
  | { kind: 'push-drop' }
  /** Signed with another key; the retry is signed well. */
  | { kind: 'push-bad-signature' }
)

export type Fault = RequestFault | PushFault

export interface FaultBoard {
  set: (fault: Fault) => void
  clear: () => void
  list: () => Fault[]
  takeForRequest: (method: string, path: string) => RequestFault | undefined
  takeForPush: () => PushFault | undefined
}

export function faultBoard(initial: readonly Fault[] = []): FaultBoard {
  let waiting: { fault: Fault; left: number; matches: (method: string, path: string) => boolean }[] = []
  const set = (fault: Fault) => {
    waiting.push({ fault, left: fault.times ?? 1, matches: isPushFault(fault) ? () => false : requestMatcher(fault) })
  }
  const take = (wanted: (entry: (typeof waiting)[number]) => boolean) => {
    const hit = waiting.find(wanted)
    if (hit && --hit.left <= 0) waiting = waiting.filter(entry => entry !== hit)
    return hit?.fault
  }
  for (const fault of initial) set(fault)
  return {
    set,
    clear: () => {
      waiting = []
    },
    list: () => waiting.map(({ fault, left }) => ({ ...fault, times: left })),
    takeForRequest: (method, path) =>
      waiting.length ? (take(entry => entry.matches(method, path)) as RequestFault | undefined) : undefined,
    takeForPush: () => (waiting.length ? (take(entry => isPushFault(entry.fault)) as PushFault | undefined) : undefined),
  }
}

function isPushFault(fault: Fault): fault is PushFault {
  return fault.kind.startsWith('push-')
}

function requestMatcher({ method, path }: RequestFault): (method: string, path: string) => boolean {
  const pattern =
    path === undefined
      ? null
      : new RegExp(
          `^${path
            .split(/(\*\*|\*|:\w+)/)
            .map(patternPart)
            .join('')}$`,
        )
  return (itsMethod, itsPath) => (!method || method.toUpperCase() === itsMethod) && (!pattern || pattern.test(itsPath))
}

function patternPart(part: string): string {
  if (part === '**') return '.*'
  if (part === '*' || /^:\w+$/.test(part)) return '[^/]+'
  return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
