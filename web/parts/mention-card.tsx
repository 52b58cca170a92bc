// A mention without a ticket, as a card: what was said, what triage thinks, open or dismiss.
import type { CardRow } from '../../db/queue-page.ts'
import { categories, isNoise } from '../../triage/categories.ts'
import { Attachments, hasWords } from './attachments.tsx'
import { CorrectForm } from './correct-form.tsx'
import { Icon } from './icon.tsx'
import { Lit } from './lit.tsx'
import { type Place, placeQuery } from './place.ts'
import { PlatformIcon } from './platform.tsx'
import { Time } from './time.tsx'
import { verdictSentence } from './verdict.tsx'
import { CATEGORY } from './words.ts'

export function Card({ card, place, now, mayAct, label }: { card: CardRow; place: Place; now: Date; mayAct: boolean; label: string }) {
  const barred = mayAct ? {} : { disabled: true, title: 'Read-only: a rep can do this' }
  return (
    <li class="mention-card card" tabindex={-1} data-card={card.id}>
      <header class="row">
        <PlatformIcon platform={card.platform} label={label} />
        <strong>{card.name || card.handle || 'Unknown author'}</strong>
        {card.handle ? <span class="muted">@{card.handle}</span> : null}
        {card.visibility === 'private' ? (
          <span class="chip">
            <Icon name="lock" />
            Private
          </span>
        ) : null}
        <span class="chip">{CATEGORY[card.category]}</span>
        {card.reposts ? (
          <span class="muted">reposted {card.reposts === 1 ? 'once' : `${card.reposts.toLocaleString('en')} times`}</span>
        ) : null}
        <span class="grow"></span>
        <Time at={card.postedAt} now={now} />
      </header>
      {hasWords(card.text, card.attachments) ? (
        <p class="said" lang={card.language ?? undefined} dir="auto">
          <Lit text={card.text} reasons={card.verdict?.reasons ?? []} />
        </p>
      ) : null}
      <Attachments mentionId={card.id} attachments={card.attachments} url={card.url} label={label} />
      {card.verdict ? <p class="muted">{verdictSentence(card.verdict)}</p> : null}
      <footer class="row">
        <form method="post" action={`/mentions/${card.id}/ticket${placeQuery(place)}`}>
          <button type="submit" class="primary small" {...barred}>
            Open as ticket
          </button>
        </form>
        {isNoise(card.category) && !card.needsReview ? null : (
          <form class="row" method="post" action={`/mentions/${card.id}/dismissal${placeQuery(place)}`}>
            <select name="category" aria-label="What kind of noise" {...barred}>
              {categories.filter(isNoise).map(one => (
                <option value={one} selected={one === 'irrelevant'}>
                  {CATEGORY[one]}
                </option>
              ))}
            </select>
            <button type="submit" class="small" {...barred}>
              Dismiss
            </button>
          </form>
        )}
        {card.url ? (
          <a class="button small quiet" href={card.url} target="_blank" rel="noopener noreferrer">
            Open on {label} ↗
          </a>
        ) : null}
        {card.verdict ? (
          <details class="correct">
            <summary>
              Wrong? <kbd>c</kbd>
            </summary>
            <CorrectForm
              action={`/mentions/${card.id}/triage${placeQuery(place)}`}
              category={card.category}
              priority={card.verdict.priority}
              sentiment={card.verdict.sentimentLabel}
              mayAct={mayAct}
              hint="What asks for an answer becomes a ticket."
            />
          </details>
        ) : null}
      </footer>
    </li>
  )
}
