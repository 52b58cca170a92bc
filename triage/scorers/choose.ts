// Who judges here: the one place where TRIAGE_SCORER becomes a scorer.
import { ConfigError, type TriageConfig } from '../../config.ts'
import type { ScorerName } from '../scorer.ts'
import { type Breaker, newBreaker } from './breaker.ts'
import { endpointScorer } from './endpoint.ts'
import type { StrongScorer } from './strong-scorer.ts'

export interface Judges {
  /** Judges every mention, in the process, at once. */
  scorer: ScorerName
  /** Asked beforehand about what `scorer` is unsure of. */
  strong: StrongScorer | null
  unsureBelow: number
  timeLimitMs: number
  /** What the strong scorer's answers of a calendar month may cost; null: it costs nothing. */
  tokensAMonth: number | null
  breaker: Breaker
}

/** What Heed comes with. */
export const linearAlone: Judges = alone('linear')

/** @throws ConfigError when what was asked for is not installed or cannot be read. */
export async function chooseJudges(config: TriageConfig): Promise<Judges> {
  if (config.scorer === 'linear' || config.scorer === 'lexicon') return alone(config.scorer)
  const strong = await openStrong(config)
  const { unsureBelow, timeLimitMs, endpoint } = config
  return {
    ...alone('linear'),
    strong,
    unsureBelow,
    timeLimitMs,
    tokensAMonth: strong.name === 'endpoint' ? endpoint!.tokens : null,
  }
}

async function openStrong(config: TriageConfig): Promise<StrongScorer> {
  if (config.scorer === 'endpoint') return endpointScorer(config.endpoint!)
  try {
    // Only read when chosen: what they need is not installed with Heed.
    if (config.scorer === 'onnx') return await (await import('./onnx.ts')).openOnnx(config.onnxFolder!, config.packages)
    return await (await import('./encoder.ts')).openEncoder(config.packages)
  } catch (cause) {
    throw new ConfigError(`Heed cannot start. TRIAGE_SCORER=${config.scorer}: ${(cause as Error).message}`, { cause })
  }
}

function alone(scorer: ScorerName): Judges {
  return { scorer, strong: null, unsureBelow: 0, timeLimitMs: 0, tokensAMonth: null, breaker: newBreaker() }
}
