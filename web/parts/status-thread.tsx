// A status update too long for one post there: how it is cut into a thread, and the choice to publish it so.
import type { LengthRule } from '../../connectors/connector.ts'
import { cutStatus } from '../../incidents/wording.ts'
import { Parts } from './thread-offer.tsx'

/** `text` as it will be published. Hidden while one post is enough; the page's script keeps it fresh. */
export function StatusThread({ name, text, rule, isChosen }: { name: string; text: string; rule: LengthRule; isChosen: boolean }) {
  const cut = cutStatus(text, rule)
  const parts = cut.ok ? cut.pieces : []
  const isPossible = parts.length > 1
  return (
    <div class="thread-offer" data-thread hidden={cut.ok && parts.length === 1}>
      <label class="check" hidden={!isPossible}>
        <input type="checkbox" name={name} value={parts.length} checked={isChosen} disabled={!isPossible} />
        <span>
          Post as <b class="how-many">{parts.length} posts</b>, each below the one before
        </span>
      </label>
      <p class="why-not" hidden={isPossible}>
        {cut.ok ? '' : cut.because}
      </p>
      <Parts pieces={isPossible ? parts : []} rule={rule} />
    </div>
  )
}
