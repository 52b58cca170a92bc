// A text too long for one post: how it would be cut into a thread, and the choice to send it so.
import type { LengthRule, Limits } from '../../connectors/connector.ts'
import type { Id, Visibility } from '../../domain.ts'
import type { Piece } from '../../responders/split.ts'
import { ONLY_ONE, splitAnswer } from '../../responders/thread.ts'
import type { Written } from './composer.tsx'
import { plural } from './words.ts'

export interface ThreadOfferProps {
  written: Written
  limits: Limits
  initials: string
  /** What is written goes on below parts that are out already. */
  beginning: Beginning | null
  /** A private message to a comment cannot be followed by another. */
  isOnlyOne: boolean
}
export interface Beginning {
  afterId: Id
  out: number
  visibility: Visibility
}

/** Hidden while one post is enough; the page's script keeps it fresh, a form that was stopped is drawn with it. */
export function ThreadOffer({ written, limits, initials, beginning, isOnlyOne }: ThreadOfferProps) {
  const rule = written.way === 'note' ? null : limits[written.way]
  const outOf = (way: Written['way']) => (beginning?.visibility === way ? beginning.out : 0)
  const cut = rule && written.text.trim() ? splitAnswer(written.text, rule, initials, outOf(written.way)) : null
  const parts = cut?.ok ? cut.pieces : []
  const isBarred = written.way === 'private' && isOnlyOne
  const isPossible = parts.length > 1 && !isBarred
  return (
    <section
      class="thread-offer"
      id="thread-offer"
      aria-label="Send as a thread"
      data-for="reply"
      data-out-public={outOf('public')}
      data-out-private={outOf('private')}
      data-only-one={String(isOnlyOne)}
      data-only-one-words={ONLY_ONE}
      hidden={!cut || parts.length === 1}
    >
      <label class="check" hidden={!isPossible}>
        <input type="checkbox" name="posts" value={parts.length} checked={written.posts > 1} disabled={!isPossible} />
        <span>
          Send as <b class="how-many">{`${parts.length} ${written.way === 'private' ? 'messages' : 'posts'}`}</b>, each below the one before
        </span>
      </label>
      <p class="why-not" hidden={isPossible}>
        {isBarred ? ONLY_ONE : cut && !cut.ok ? cut.because : ''}
      </p>
      <Parts pieces={isPossible ? parts : []} rule={rule} />
    </section>
  )
}

export function Parts({ pieces, rule }: { pieces: readonly Piece[]; rule: LengthRule | null }) {
  return (
    <ol class="parts" aria-label="How it is cut">
      {pieces.map(piece => (
        <li>
          <p dir="auto">{piece.text}</p>
          <span class="muted">
            {rule?.count(piece.text)}/{rule?.limit}
          </span>
        </li>
      ))}
    </ol>
  )
}

export function GoesOn({ beginning }: { beginning: Beginning | null }) {
  if (!beginning) return null
  return (
    <p class="way-note" data-for={beginning.visibility}>
      This goes on below {plural(beginning.out, 'part')} that {beginning.out === 1 ? 'is' : 'are'} out. To begin anew, discard the draft.
    </p>
  )
}
