// The newcomer's four steps beside the queue while the demo runs: ticked by what they do, put away when they like.
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { findStepsDone, type StepsDone } from '../../db/first-steps.ts'
import type { WebEnv } from '../env.ts'
import { hasRole } from '../session.ts'
import { Icon } from './icon.tsx'
import { type Place, placeQuery, ticketPath } from './place.ts'

export interface Steps extends StepsDone {
  opened: boolean
}

/** Null where there is nothing to learn on: no demo, put away, or a role that only looks. */
export async function loadFirstSteps(c: Context<WebEnv>, openNumber: number | undefined): Promise<Steps | null> {
  const teammate = c.get('teammate')
  const kept = getCookie(c, stepsCookie)
  if (!c.get('frame').hasDemo || kept === 'away' || !hasRole(teammate, 'rep')) return null
  const done = await findStepsDone(c.get('desk').db, teammate.id)
  // To open a ticket leaves no event behind, so this browser remembers it.
  if (openNumber && kept !== 'opened') keepSteps(c, 'opened')
  return { ...done, opened: kept === 'opened' || openNumber !== undefined || done.took || done.replied || done.solved }
}

export function keepSteps(c: Context, state: 'opened' | 'away') {
  setCookie(c, stepsCookie, state, { path: '/', maxAge: 90 * 86_400, httpOnly: true, sameSite: 'Lax' })
}

export function FirstSteps({ steps, place, top, open }: { steps: Steps; place: Place; top: number | undefined; open: number | undefined }) {
  const list = [
    { isDone: steps.opened, what: 'Open the top ticket', keys: ['j', 'Enter'], href: top && ticketPath(top, place) },
    { isDone: steps.took, what: 'Take it', keys: ['i'] },
    { isDone: steps.replied, what: 'Reply', keys: ['r', 'Ctrl Enter'] },
    { isDone: steps.solved, what: 'Solve it', keys: ['e'] },
  ]
  const done = list.filter(one => one.isDone).length
  const next = list.findIndex(one => !one.isDone)
  return (
    <section class="first-steps" aria-labelledby="first-steps-title">
      <header>
        <h2 id="first-steps-title">First steps</h2>
        <span class="muted">
          {done}/{list.length}
          <span class="visually-hidden"> done</span>
        </span>
        <form method="post" action={`/first-steps/away${placeQuery(place)}`}>
          {open ? <input type="hidden" name="open" value={open} /> : null}
          <button type="submit" class="quiet icon-button" aria-label="Put the first steps away" title="Put the first steps away">
            ✕
          </button>
        </form>
      </header>
      {next < 0 ? (
        <p>
          That is the whole turn. Your reply is in the numbers: <a href="/dashboard">Dashboard</a> <kbd>g</kbd> <kbd>d</kbd>
        </p>
      ) : (
        <ol>
          {list.map(({ isDone, what, keys, href }, i) => (
            <li class={isDone ? 'done' : i === next ? 'next' : undefined}>
              <span class="tick">{isDone ? <Icon name="check" /> : null}</span>
              <span>
                {isDone ? <span class="visually-hidden">Done: </span> : null}
                {href && !isDone ? (
                  <a href={href} data-open>
                    {what}
                  </a>
                ) : (
                  what
                )}
              </span>
              {isDone ? null : (
                <span class="keys">
                  {keys.map(key => (
                    <kbd>{key}</kbd>
                  ))}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

const stepsCookie = 'heed_first_steps'
