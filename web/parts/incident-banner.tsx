// The banner on every page while an incident runs: what, how bad, and when the next word is due.
import type { IncidentRow } from '../../db/incidents.ts'
import { lateness } from '../../incidents/cadence.ts'
import type { Suggestion } from '../../incidents/detect.ts'
import { stepWords } from '../../incidents/incident.ts'
import { Icon } from './icon.tsx'
import { absolute, Time, waited } from './time.tsx'
import { plural } from './words.ts'

/** `linked` is shown where the frame has counted it; `mayPost`: this teammate may publish updates. */
export function IncidentBanner({
  incidents,
  now,
  mayPost = false,
}: {
  incidents: readonly (IncidentRow & { linked?: number })[]
  now: Date
  mayPost?: boolean
}) {
  return (
    <>
      {incidents.map(incident => (
        <section class="banner incident" aria-label={`Incident ${incident.number}`}>
          <Icon name="warning" />
          <span class="grow">
            <strong>
              INC-{incident.number} {incident.title}
            </strong>
            <span class="chip">{incident.severity}</span>
            <span>{stepWords[incident.status]}</span>
            <NextUpdate dueAt={incident.nextUpdateDueAt} now={now} />
            {incident.linked === undefined ? null : (
              <a href="/queue?view=incident">{incident.linked >= 1000 ? '999+' : incident.linked} linked</a>
            )}
          </span>
          {mayPost ? (
            <a class="button small" href={`/incidents/${incident.number}/update`}>
              Post update
            </a>
          ) : null}
          <a class="button small" href={`/incidents/${incident.number}`}>
            Open
          </a>
        </section>
      ))}
    </>
  )
}

/** Calm, then a call five minutes before, then red with how late. */
export function NextUpdate({ dueAt, now }: { dueAt: Date | null; now: Date }) {
  switch (lateness(dueAt, now)) {
    case 'none':
      return <span class="muted">Next update when something changes</span>
    case 'overdue':
      return (
        <span class="late" role="alert">
          Update overdue by{' '}
          <time datetime={dueAt!.toISOString()} title={absolute(dueAt!)}>
            {waited(dueAt!, now)}
          </time>
        </span>
      )
    case 'soon':
      return (
        <strong>
          Update due in <Time at={dueAt!} now={now} countdown />
        </strong>
      )
    case 'calm':
      return (
        <span>
          Next update due in <Time at={dueAt!} now={now} countdown />
        </span>
      )
  }
}

/** Detection suggests, people declare. */
export function SuggestionBanner({ suggestion }: { suggestion: Suggestion }) {
  return (
    <section class="banner suggestion" aria-label="Possible outage">
      <Icon name="warning" />
      <span class="grow">
        <strong>{suggestion.likelihood === 'likely' ? 'Likely an outage' : 'Possibly an outage'}</strong>
        <span>{suggestionWords(suggestion)}</span>
      </span>
      <a class="button small" href="/incidents">
        Look
      </a>
    </section>
  )
}

export function suggestionWords({ reporters, expected }: Suggestion): string {
  const usual =
    expected === null
      ? 'Heed has not listened long enough to know what is usual.'
      : `Usual at this hour: ${expected < 0.1 ? 'almost none' : Math.round(expected * 10) / 10}.`
  return `${plural(reporters, 'person', 'people')} reported one in the last 10 minutes. ${usual}`
}
