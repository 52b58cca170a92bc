// What the public sees: components, what is wrong, what was said, what is past. The same as an Atom feed.

import type { PublicIncident } from '../../db/incidents-page.ts'
import type { IncidentStatus } from '../../domain.ts'
import { wallTime } from '../../incidents/wording.ts'
import type { ComponentState, PublicStatus } from '../status-page.tsx'

const STATES: Record<ComponentState, string> = {
  operational: 'Operational',
  degraded: 'Degraded',
  partial: 'Partial outage',
  major: 'Major outage',
}
const HEADLINES: Record<ComponentState, string> = {
  operational: 'Everything works',
  degraded: 'Something works worse than usual',
  partial: 'Part of it is down',
  major: 'There is a major outage',
}
const STEPS: Record<IncidentStatus, string> = {
  investigating: 'Investigating',
  identified: 'Identified',
  monitoring: 'Monitoring',
  resolved: 'Resolved',
  postmortem: 'Looked back on',
}

export function StatusDocument({ status }: { status: PublicStatus }) {
  const { zone } = status
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="refresh" content="60" />
        <title>{HEADLINES[status.state]} · Status</title>
        <link rel="icon" href="/public/heed.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/public/status.css" />
        <link rel="alternate" type="application/atom+xml" title="Status updates" href="/status.atom" />
      </head>
      <body>
        <main>
          <header class={`headline ${status.state}`}>
            <Mark state={status.state} />
            <h1>{HEADLINES[status.state]}</h1>
            <p>As of {stamp(status.at, zone)}</p>
          </header>
          {status.active.map(incident => (
            <Incident incident={incident} zone={zone} at={status.at} />
          ))}
          {status.components.length ? (
            <section aria-labelledby="components">
              <h2 id="components">Components</h2>
              <ul class="components">
                {status.components.map(component => (
                  <li>
                    <span>{component.name}</span>
                    <span class={`state ${component.state}`}>
                      <Mark state={component.state} />
                      {STATES[component.state]}
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          ) : null}
          <section aria-labelledby="history">
            <h2 id="history">History</h2>
            {status.history.length ? (
              status.history.map(incident => (
                <details>
                  <summary>
                    <span>{incident.title}</span>
                    <span class="quiet">
                      {stamp(incident.declaredAt, zone)} – {stamp(incident.resolvedAt!, zone)}
                    </span>
                  </summary>
                  <Updates incident={incident} zone={zone} />
                </details>
              ))
            ) : (
              <p class="quiet">No incident so far.</p>
            )}
          </section>
        </main>
        <footer>
          <p>
            {zone === 'UTC' ? 'Times in UTC.' : `Times in ${zone} and, in brackets, UTC.`} This page renews itself every minute.{' '}
            <a href="/status.atom">Atom feed</a> · <a href="/status.json">JSON</a>
          </p>
        </footer>
      </body>
    </html>
  )
}

function Incident({ incident, zone, at }: { incident: PublicIncident; zone: string; at: Date }) {
  return (
    <section class="incident" aria-label={incident.title}>
      <header>
        <h2>{incident.title}</h2>
        <p>
          <strong>{STEPS[incident.status]}</strong> · since {stamp(incident.declaredAt, zone)}
          {incident.components.length ? ` · ${incident.components.join(', ')}` : ''}
        </p>
        <p class="next">
          {incident.nextUpdateDueAt ? (
            <>
              {incident.nextUpdateDueAt < at ? 'The next update was due by' : 'Next update by'}{' '}
              <time datetime={incident.nextUpdateDueAt.toISOString()}>{wallTime(zone, incident.nextUpdateDueAt)}</time>
            </>
          ) : (
            'Next update as soon as something changes'
          )}
        </p>
      </header>
      {incident.updates.length ? (
        <Updates incident={incident} zone={zone} />
      ) : (
        <p>We know some of you can't {incident.impact}. We are on it.</p>
      )}
    </section>
  )
}

function Updates({ incident, zone }: { incident: PublicIncident; zone: string }) {
  return (
    <ol class="updates">
      {incident.updates.map(update => (
        <li>
          <p class="quiet">
            <strong>{STEPS[update.incidentStatus]}</strong>{' '}
            <time datetime={update.createdAt.toISOString()}>{stamp(update.createdAt, zone)}</time>
          </p>
          <p>{update.text}</p>
        </li>
      ))}
    </ol>
  )
}

function Mark({ state }: { state: ComponentState }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {state === 'operational' ? (
        <path d="m3 8.5 3.2 3.2L13 4.8" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />
      ) : (
        <path d="M8 2.4v7.2M8 12.6v.6" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
      )}
    </svg>
  )
}

function stamp(at: Date, zone: string): string {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short' }).format(at)
  const local = `${day} ${wallTime(zone, at)}`
  return isUtc(zone) ? local : `${local} (${at.toISOString().slice(11, 16)} UTC)`
}
const isUtc = (zone: string) => zone === 'UTC' || zone === 'Etc/UTC'

export function atomFeed(status: PublicStatus, publicUrl: string): string {
  const incidents = [...status.active, ...status.history]
  const entries = incidents
    .flatMap(incident => incident.updates.map(update => ({ incident, update })))
    .sort((a, b) => b.update.createdAt.getTime() - a.update.createdAt.getTime())
    .slice(0, 50)
  const updated = entries[0]?.update.createdAt ?? new Date(0)
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>${xml(publicUrl)}/status</id>
  <title>Status updates</title>
  <author><name>Status</name></author>
  <link rel="self" href="${xml(publicUrl)}/status.atom"/>
  <link href="${xml(publicUrl)}/status"/>
  <updated>${updated.toISOString()}</updated>
${entries
  .map(
    ({ incident, update }) => `  <entry>
    <id>urn:uuid:${update.id}</id>
    <title>${xml(`${incident.title}: ${STEPS[update.incidentStatus]}`)}</title>
    <link href="${xml(publicUrl)}/status"/>
    <updated>${update.createdAt.toISOString()}</updated>
    <content type="text">${xml(update.text)}</content>
  </entry>`,
  )
  .join('\n')}
</feed>
`
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
// What XML has no way to say (control characters, lone surrogates) is left out.
const xml = (text: string) => text.replace(/[&<>"']/g, sign => ESCAPES[sign]!).replace(/[^\t\n\r\P{Cc}]|\p{Cs}/gu, '')
