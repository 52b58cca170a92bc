// What the time-machine found: what would change, what would be missed, and the load by hour before and after.
import type { ExampleRow } from '../../db/judged-mentions.ts'
import type { Move, Standing, Trial } from '../../triage/time-machine.ts'
import { Time } from './time.tsx'
import { CATEGORY, languageName, PRIORITY, plural } from './words.ts'

/** One line while it runs; a later one hides it. */
export function Progress({ trial }: { trial: Trial }) {
  const share = trial.total ? trial.looked / trial.total : 1
  return (
    <p class="trial-progress" role="status">
      <progress value={trial.looked} max={Math.max(1, trial.total)}>
        {Math.round(share * 100)} %
      </progress>{' '}
      {trial.looked.toLocaleString('en')} of {trial.total.toLocaleString('en')} mentions, {trial.changed.toLocaleString('en')} would change.{' '}
      <a href="/rules">Stop and go back</a>
    </p>
  )
}

export interface TrialProps {
  trial: Trial
  missed: ExampleRow[]
  changed: ExampleRow[]
  now: Date
  zone: string
  nameOf: (teammateId: string) => string
}

export function TrialResult({ trial, missed, changed, now, zone, nameOf }: TrialProps) {
  const change = sum(trial.load.after) - sum(trial.load.before)
  return (
    <section class="stack trial" aria-labelledby="trial-title" id="trial">
      <h2 id="trial-title">
        {trial.changed === 0
          ? 'Nothing would have changed'
          : `${trial.changed.toLocaleString('en')} of ${plural(trial.looked, 'mention')} would have changed`}
      </h2>
      <p class="muted">
        {trial.isWhole
          ? `All mentions of the last 30 days, judged as they were then.`
          : `The newest ${trial.looked.toLocaleString('en')} of ${trial.total.toLocaleString('en')} mentions of the last 30 days: looking further would have taken too long. The shares hold for the days looked at.`}
      </p>
      <div class="tiles">
        <Tile figure={trial.missed} label="complaints and questions would get no ticket at once" isBad={trial.missed > 0} />
        <Tile figure={trial.gained} label="would become a ticket, and did not" />
        <div class="tile">
          <strong>
            {change === 0 ? '±0' : `${change < 0 ? '−' : '+'}${Math.abs(change).toLocaleString('en', { maximumFractionDigits: 1 })}`}
          </strong>
          <span class="muted">
            tickets a day, from {sum(trial.load.before).toLocaleString('en', { maximumFractionDigits: 1 })} to{' '}
            {sum(trial.load.after).toLocaleString('en', { maximumFractionDigits: 1 })}
          </span>
        </div>
      </div>
      {trial.moves.length ? <Moves moves={trial.moves} nameOf={nameOf} /> : null}
      {missed.length ? (
        <Examples
          title={trial.missed > missed.length ? `Would be missed: the newest ${missed.length} of ${trial.missed}` : 'Would be missed'}
          rows={missed}
          now={now}
          isBad
        />
      ) : null}
      {changed.length ? <Examples title="Others that would change" rows={changed.slice(0, 12)} now={now} /> : null}
      {trial.looked ? <Load load={trial.load} zone={zone} /> : null}
    </section>
  )
}

const Tile = ({ figure, label, isBad = false }: { figure: number; label: string; isBad?: boolean }) => (
  <div class="tile">
    <strong class={isBad ? 'late' : undefined}>{figure.toLocaleString('en')}</strong>
    <span class="muted">{label}</span>
  </div>
)

function Moves({ moves, nameOf }: { moves: Move[]; nameOf: TrialProps['nameOf'] }) {
  return (
    <div class="scroll">
      <table>
        <caption class="visually-hidden">What would change, from and to</caption>
        <thead>
          <tr>
            <th scope="col" class="number">
              Mentions
            </th>
            <th scope="col">From</th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          {moves.slice(0, MOVES).map(move => (
            <tr>
              <td class="number">{move.count.toLocaleString('en')}</td>
              <td>{standing(move.from, nameOf)}</td>
              <td>{standing(move.to, nameOf)}</td>
            </tr>
          ))}
          {moves.length > MOVES ? (
            <tr>
              <td class="number">{sum(moves.slice(MOVES).map(move => move.count)).toLocaleString('en')}</td>
              <td colspan={2} class="muted">
                in {moves.length - MOVES} rarer ways
              </td>
            </tr>
          ) : null}
        </tbody>
      </table>
    </div>
  )
}

function Examples({ title, rows, now, isBad = false }: { title: string; rows: ExampleRow[]; now: Date; isBad?: boolean }) {
  return (
    <details open={isBad} class={isBad ? 'examples bad' : 'examples'}>
      <summary>
        <h3>{title}</h3>
      </summary>
      <ul>
        {rows.map(row => (
          <li>
            <span class="row">
              <strong>{row.name || row.handle || 'Unknown author'}</strong>
              {row.ticketNumber ? <a href={`/tickets/${row.ticketNumber}`}>#{row.ticketNumber}</a> : <span class="muted">no ticket</span>}
              {row.language && row.language !== 'en' ? <span class="chip">{languageName(row.language)}</span> : null}
              <Time at={row.postedAt} now={now} />
            </span>
            <span class="said" dir="auto" lang={row.language ?? undefined}>
              {row.text || 'no words'}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Two thin bars an hour: as it was, as it would be. */
function Load({ load, zone }: { load: Trial['load']; zone: string }) {
  const top = Math.max(...load.before, ...load.after, 0.1)
  const height = (value: number) => Math.round((value / top) * 960) / 10
  return (
    <figure class="chart load" aria-label="Tickets by hour of the day, before and after">
      <figcaption class="row">
        <h3>Load by hour</h3>
        <span class="key before">as it was</span>
        <span class="key after">as it would be</span>
        <span class="muted">tickets a day, {zone} time</span>
      </figcaption>
      <svg viewBox="0 0 480 100" preserveAspectRatio="none" aria-hidden="true">
        <path class="grid-line" d="M0 99.5H480" vector-effect="non-scaling-stroke" />
        {load.before.map((before, hour) => (
          <>
            <rect class="bar before" x={hour * 20 + 3} width={6} y={100 - height(before)} height={height(before)} />
            <rect class="bar after" x={hour * 20 + 10} width={6} y={100 - height(load.after[hour]!)} height={height(load.after[hour]!)} />
          </>
        ))}
      </svg>
      <div class="load-hours" aria-hidden="true">
        {[0, 6, 12, 18].map(hour => (
          <span>{String(hour).padStart(2, '0')} h</span>
        ))}
      </div>
      <details>
        <summary>As a table</summary>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Hour</th>
                <th scope="col" class="number">
                  As it was
                </th>
                <th scope="col" class="number">
                  As it would be
                </th>
              </tr>
            </thead>
            <tbody>
              {load.before.map((before, hour) => (
                <tr>
                  <th scope="row">{String(hour).padStart(2, '0')} h</th>
                  <td class="number">{before.toFixed(1)}</td>
                  <td class="number">{load.after[hour]!.toFixed(1)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}

const standing = (one: Standing, nameOf: TrialProps['nameOf']) =>
  [
    `${PLACE[one.place]}: ${CATEGORY[one.category]}`,
    one.place === 'ticket' ? PRIORITY[one.priority].toLowerCase() : '',
    one.extras.replace(/given to (\S+)/, (_all, id: string) => `given to ${nameOf(id)}`),
  ]
    .filter(Boolean)
    .join(', ')
const PLACE = { ticket: 'Ticket', review: 'Review', opportunity: 'Opportunity', noise: 'Noise' } as const
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const MOVES = 12
