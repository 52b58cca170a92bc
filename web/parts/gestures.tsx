// Like and hide below what a customer wrote: as they stand, as the platform calls them, or why they cannot be.
import type { Child } from 'hono/jsx'
import type { GestureState } from '../../responders/gestures.ts'
import type { SignedIn } from '../env.ts'
import { hasRole } from '../session.ts'
import { Icon } from './icon.tsx'

interface GestureBarProps {
  mentionId: string
  visibility: 'public' | 'private'
  gestures: GestureState[]
  teammate: SignedIn
  /** The platform's name. */
  label: string
  /** `/tickets/1042`, and the query of the place. */
  path: string
  query: string
  /** The key b presses this one, or opens why it cannot be pressed. */
  isNewest: boolean
}

export function GestureBar(props: GestureBarProps) {
  const { mentionId, visibility, gestures, label } = props
  // Nobody else sees private words: what cannot be done to them needs no button.
  const shown = gestures.filter(one => visibility === 'public' || one.allowed || one.status)
  if (!shown.length) return null
  return (
    <footer class="gestures" id={`gestures-${mentionId}`}>
      <div class="row">
        {shown.map(one => (
          <One {...props} state={one} />
        ))}
      </div>
      {shown.map(one => (
        <Problem state={one} label={label} />
      ))}
    </footer>
  )
}

/** Hidden from others over there, or about to be: dimmed here, and still to be read. */
export const isHidden = (gestures: readonly GestureState[]) => gestures.some(one => one.gesture === 'hide' && one.isOn)

/** What the history says of it. */
export function gestureWords(kind: 'gesture_wished' | 'gesture_refused', after: Record<string, unknown>): string {
  const { gesture, isWished } = after
  const [on, off] = gesture === 'hide' ? ['Hidden', 'Shown again'] : ['Liked', 'Like taken back']
  const words = isWished ? on : off
  return kind === 'gesture_refused' ? `The platform refused: “${words}”` : words
}

function One({ state, ...props }: GestureBarProps & { state: GestureState }): Child {
  const { mentionId, teammate, path, query, isNewest } = props
  const { gesture, label, isOn, allowed, because } = state
  const action = `${path}/mentions/${mentionId}/${gesture}`
  const id = `${gesture}-${mentionId}`
  const barred = barredFor(teammate, gesture) ?? (isOn || allowed ? null : because)
  const key = gesture === 'like' && isNewest ? { 'data-key': 'b' } : {}
  if (gesture === 'hide' && isOn)
    return (
      <>
        <span class="chip">
          <Icon name="hidden" />
          {state.status === 'waiting' ? `Being hidden on ${props.label}` : state.done}
        </span>
        <Waits state={state} />
        {barred ? null : (
          <form method="post" action={`${action}/undo${query}`}>
            <button type="submit" class="small quiet" id={id}>
              Show again
            </button>
          </form>
        )}
      </>
    )
  if (barred) return <Barred state={state} because={barred} keys={key} />
  if (gesture === 'hide')
    return (
      <>
        <HideMenu state={state} action={action + query} id={id} />
        <Waits state={state} />
      </>
    )
  return (
    <>
      <form method="post" action={`${action}${isOn ? '/undo' : ''}${query}`}>
        <button type="submit" class="small quiet toggle" id={id} aria-pressed={isOn ? 'true' : 'false'} title={because} {...key}>
          <Icon name={isOn ? 'liked' : 'like'} />
          {label}
        </button>
      </form>
      <Waits state={state} />
    </>
  )
}

/** A reason is asked for: a negative comment is none. */
function HideMenu({ state, action, id }: { state: GestureState; action: string; id: string }) {
  return (
    <details class="menu">
      <summary id={id} title={state.because}>
        <Icon name="hidden" />
        {state.label}…
      </summary>
      <form method="post" action={action} class="menu-body">
        <p>{state.because}</p>
        <p class="muted">A negative comment is no reason. Nothing is deleted, and one click shows it again.</p>
        <div class="row">
          <button type="submit" name="reason" value="spam" class="small">
            It is spam
          </button>
          <button type="submit" name="reason" value="rules" class="small">
            It breaks our posted rules
          </button>
        </div>
      </form>
    </details>
  )
}

/** As a button that cannot be pressed, but opens to say why: for a hand on glass and for a keyboard too. */
function Barred({ state, because, keys }: { state: GestureState; because: string; keys: { 'data-key'?: string } }) {
  return (
    <details class="menu barred" {...keys}>
      <summary title={because}>
        <Icon name={state.gesture === 'hide' ? 'hidden' : 'like'} />
        {state.label}
        <span class="visually-hidden">: why not?</span>
      </summary>
      <p class="menu-body">{because}</p>
    </details>
  )
}

function Waits({ state }: { state: GestureState }) {
  return state.status === 'waiting' ? (
    <span class="chip">
      <Icon name="clock" />
      waits
    </span>
  ) : null
}

/** What went wrong, or what it waits for; pressing again tries again. */
function Problem({ state, label }: { state: GestureState; label: string }) {
  if (!state.problem || (state.status !== 'refused' && state.status !== 'waiting')) return null
  if (state.status === 'waiting') return <p class="muted">{state.problem}</p>
  return (
    <p class="problem">
      <Icon name="warning" /> {label} did not take “{state.gesture === 'hide' && state.isOn ? 'Show again' : state.label}”: {state.problem}
    </p>
  )
}

function barredFor(teammate: SignedIn, gesture: GestureState['gesture']): string | null {
  if (!hasRole(teammate, 'rep')) return 'Read-only: a rep can do this.'
  return gesture === 'hide' && !hasRole(teammate, 'lead') ? 'Hiding is for leads: ask one.' : null
}
