// Charts drawn on the server: bars by hour and a histogram, each with its numbers as a table.
import type { Bucket } from '../../metrics/percentile.ts'
import { duration } from './duration.ts'

/** 24 bars; each opens what it counts. The table below says the same in numbers. */
export function HourBars({ byHour, href, label }: { byHour: readonly number[]; href: (hour: number) => string; label: string }) {
  const most = Math.max(...byHour, 1)
  const top = niceTop(most)
  return (
    <figure class="chart" aria-label={label}>
      <div class="plot">
        <div class="scale" aria-hidden="true">
          <span>{top}</span>
          <span>{top / 2}</span>
          <span>0</span>
        </div>
        <svg viewBox="0 0 240 100" preserveAspectRatio="none" aria-hidden="true">
          <path class="grid-line" d="M0 0.5H240M0 50H240M0 99.5H240" vector-effect="non-scaling-stroke" />
          {byHour.map((count, hour) =>
            count ? (
              <a href={href(hour)} tabindex={-1}>
                <rect
                  class={count === most ? 'bar most' : 'bar'}
                  x={hour * 10 + 1.5}
                  width={7}
                  y={round(100 - (count / top) * 100)}
                  height={round((count / top) * 100)}
                >
                  <title>{`${hours(hour)}: ${count}`}</title>
                </rect>
              </a>
            ) : null,
          )}
        </svg>
        <div class="hours" aria-hidden="true">
          {[0, 3, 6, 9, 12, 15, 18, 21].map(hour => (
            <span>{String(hour).padStart(2, '0')}</span>
          ))}
        </div>
      </div>
      <details class="numbers">
        <summary>As a table</summary>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Hour</th>
                <th scope="col" class="number">
                  Mentions
                </th>
              </tr>
            </thead>
            <tbody>
              {byHour.map((count, hour) => (
                <tr>
                  <th scope="row">{hours(hour)}</th>
                  <td class="number">{count ? <a href={href(hour)}>{count}</a> : 0}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}

/** A table whose third column is drawn: nothing to say twice. */
export function Histogram({ buckets, href, caption }: { buckets: readonly Bucket[]; href: (bucket: Bucket) => string; caption: string }) {
  const most = Math.max(...buckets.map(bucket => bucket.count), 1)
  return (
    <table class="histogram">
      <caption>{caption}</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Answers</th>
          <th scope="col">Share of the largest</th>
        </tr>
      </thead>
      <tbody>
        {buckets.map(bucket => (
          <tr>
            <th scope="row">{bucketName(bucket)}</th>
            <td class="number">{bucket.count ? <a href={href(bucket)}>{bucket.count}</a> : <span class="muted">0</span>}</td>
            <td class="drawn">
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class={bucket.above >= 60 ? 'bar slow' : 'bar'} width={round((bucket.count / most) * 100)} height="10" />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A share as a thin line under its figure. */
export function ShareLine({ share, isFew }: { share: number | null; isFew: boolean }) {
  return (
    <svg class={isFew ? 'share-line few' : 'share-line'} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="4" />
      {share ? <rect class="bar" width={round(share * 100)} height="4" /> : null}
    </svg>
  )
}

function bucketName({ above, upTo }: Bucket): string {
  if (upTo === Infinity) return `over ${duration(above)}`
  return above === -Infinity ? `up to ${duration(upTo)}` : `to ${duration(upTo)}`
}

const hours = (hour: number) => `${String(hour).padStart(2, '0')}–${String(hour + 1).padStart(2, '0')} h`
const round = (value: number) => Math.round(value * 100) / 100

/** An even number at or above, so that its half can stand on the scale. */
function niceTop(most: number): number {
  const step = 10 ** Math.floor(Math.log10(most))
  const top = [2, 4, 6, 8, 10, 20].map(factor => factor * step).find(value => value >= most)!
  return Math.max(2, top)
}
