// What a mention answers, said by somebody else or elsewhere: shown right above it, or in words why it cannot be.
import type { ParentAbove } from '../../db/parents.ts'
import { Time } from './time.tsx'

export function ParentBubble({ parent, now, label }: { parent: ParentAbove; now: Date; label: string }) {
  const who = parent.direction === 'outbound' ? (parent.depth === 1 ? 'us' : 'we') : parent.by
  return (
    <article class="bubble above">
      <header>
        <span class="muted">{parent.depth === 1 ? 'In answer to' : 'Before that'}</span>
        {who && !parent.removedAt ? <strong>{who}</strong> : null}
        {parent.postedAt ? <Time at={parent.postedAt} now={now} /> : null}
        {parent.url && !parent.removedAt ? (
          <a class="out" href={parent.url} target="_blank" rel="noopener noreferrer" title={`Open on ${label}`}>
            ↗<span class="visually-hidden">Open on {label}</span>
          </a>
        ) : null}
      </header>
      {parent.id !== null && !parent.removedAt ? (
        <p class="said" lang={parent.language ?? undefined} dir="auto">
          {parent.text}
        </p>
      ) : (
        <p class="muted">
          <em>{whyNot(parent, label)}</em>
        </p>
      )}
    </article>
  )
}

function whyNot(parent: ParentAbove, label: string): string {
  if (parent.removedAt) return 'It was deleted by its author.'
  if (parent.state === 'missing') return `It cannot be shown. ${parent.because ?? ''}`.trim()
  // Found, and not yet read; or on the list.
  return `It is being fetched from ${label}.`
}
