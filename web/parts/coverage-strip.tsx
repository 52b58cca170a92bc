// One source's time as a strip: what was covered, repaired, still missing or lost, told apart by shape as well as colour.
import type { Span } from '../../db/coverage.ts'
import { clockRange } from '../../metrics/coverage-time.ts'

export interface Stretch {
  since: Date
  now: Date
  zone: string
}

/** Decoration beside the sentence and the table, which say the same in words. */
export function CoverageStrip({ spans, stretch }: { spans: readonly Span[]; stretch: Stretch }) {
  const { since, now } = stretch
  const lengthMs = now.getTime() - since.getTime()
  const at = (date: Date) => Math.round(Math.max(0, Math.min(1, (date.getTime() - since.getTime()) / lengthMs)) * WIDTH * 10) / 10
  return (
    <svg class="coverage-strip" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width={WIDTH} height={HEIGHT} rx="2" />
      {spans
        .filter(span => span.untilAt > since)
        .map(span => {
          // A gap of a minute in a week must still be seen.
          const narrowest = span.state === 'covered' ? 0 : 3
          const x = Math.min(at(span.fromAt), WIDTH - narrowest)
          return <Stroke state={span.state} x={x} width={Math.max(narrowest, at(span.untilAt) - x)} title={titleOf(span, stretch)} />
        })}
    </svg>
  )
}

/** The same shapes, each with its word. */
export const CoverageLegend = () => (
  <ul class="coverage-legend" aria-label="What the strips show">
    {(['covered', 'repaired', 'open', 'lost'] as const).map(state => (
      <li>
        <svg class="coverage-strip" viewBox={`0 0 24 ${HEIGHT}`} aria-hidden="true">
          <Stroke state={state} x={1} width={22} title={STATES[state]} />
        </svg>
        {STATES[state]}
      </li>
    ))}
  </ul>
)

function Stroke({ state, x, width, title }: { state: Span['state']; x: number; width: number; title: string }) {
  return (
    <g class={state}>
      {state === 'open' ? (
        <rect x={x} y={HEIGHT * 0.6} width={width} height={HEIGHT * 0.4} />
      ) : (
        <rect x={x} width={width} height={HEIGHT} />
      )}
      {state === 'repaired' ? <rect class="seam" x={x} y={HEIGHT / 2 - 1} width={width} height="2" /> : null}
      <title>{title}</title>
    </g>
  )
}

function titleOf(span: Span, { now, zone }: Stretch): string {
  return `${STATES[span.state]}: ${clockRange(span, now, zone).join(' to ')}`
}

export const STATES: Record<Span['state'], string> = {
  covered: 'Covered',
  repaired: 'Missed, then brought in',
  open: 'Missing',
  lost: 'Lost',
}
const WIDTH = 1000
const HEIGHT = 16
