// Incidents: the list, declaring one, and the page from which it is run.
import { type Context, Hono } from 'hono'
import { countLinked, type IncidentListed, listIncidentLog, listIncidents, listLinked, listUpdates } from '../db/incidents-page.ts'
import type { IncidentStatus, Severity } from '../domain.ts'
import { findSuggestion, muteSuggestion, type Suggestion } from '../incidents/detect.ts'
import { declareIncident, findMatching, moveIncident, severities } from '../incidents/incident.ts'
import { priceUnchanged } from '../incidents/status-update.ts'
import { readCalendar } from '../metrics/zone.ts'
import type { WebEnv } from './env.ts'
import { allClearPages } from './incident-all-clear.tsx'
import { findIncidentOf, noIncident } from './incident-of.ts'
import { incidentTicketPages } from './incident-tickets.tsx'
import { incidentUpdatePages } from './incident-updates.tsx'
import { redirectSaying } from './parts/flash.ts'
import { suggestionWords } from './parts/incident-banner.tsx'
import { IncidentView } from './parts/incident-view.tsx'
import { Page } from './parts/page.tsx'
import { refused } from './parts/refused.tsx'
import { Time, waited } from './parts/time.tsx'
import { plural } from './parts/words.ts'
import { hasRole, requireRole } from './session.ts'
import { readComponents, saveComponents } from './status-page.tsx'

export function incidentPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/incidents', async c => {
    const { db, now } = c.get('desk')
    const [incidents, suggestion, components] = [await listIncidents(db, 200), await findSuggestion(db, now()), await readComponents(db)]
    return c.html(<ListPage c={c} incidents={incidents} suggestion={suggestion} components={components} />)
  })
  pages.get('/incidents/new', requireRole('lead'), async c =>
    c.html(<DeclarePage c={c} components={await readComponents(c.get('desk').db)} given={{}} />),
  )
  pages.post('/incidents', requireRole('lead'), async c => {
    const form = await c.req.formData()
    const text = (name: string) => String(form.get(name) ?? '')
    const severity = text('severity') as Severity
    if (!Object.hasOwn(severities, severity))
      return refused(c, 422, 'No such severity', 'Choose SEV1, SEV2 or SEV3. Nothing was declared.', {
        href: '/incidents/new',
        label: 'Back to the form',
      })
    const chosen = [...form.getAll('component').map(String), ...lines(text('otherComponents'))]
    const declared = await declareIncident(c.get('desk'), {
      title: text('title'),
      impact: text('impact'),
      severity,
      components: chosen,
      teammateId: c.get('teammate').id,
    })
    if (!declared.ok)
      return c.html(
        <DeclarePage
          c={c}
          components={await readComponents(c.get('desk').db)}
          given={{ title: text('title'), impact: text('impact'), severity, chosen }}
          problem={declared.because}
        />,
        422,
      )
    return redirectSaying(
      c,
      `/incidents/${declared.incident.number}/update?kind=holding`,
      `INC-${declared.incident.number} is declared. Say so in public now.`,
    )
  })
  pages.post('/incidents/suggestion/mute', requireRole('lead'), async c => {
    const form = await c.req.formData()
    const done = await muteSuggestion(c.get('desk'), { because: String(form.get('because') ?? ''), teammateId: c.get('teammate').id })
    return done.ok
      ? redirectSaying(c, '/incidents', 'Noted. Heed will not suggest an outage for two hours.')
      : refused(c, 422, 'A reason is needed', done.because, { href: '/incidents', label: 'Back to incidents' })
  })
  pages.post('/incidents/components', requireRole('lead'), async c => {
    const form = await c.req.formData()
    await saveComponents(c.get('desk'), lines(String(form.get('components') ?? '')))
    return redirectSaying(c, '/incidents', 'Saved. The public status page lists these.')
  })
  pages.get('/incidents/:number{[0-9]+}', async c => {
    const incident = await findIncidentOf(c)
    if (!incident) return noIncident(c)
    const { db } = c.get('desk')
    const { zone } = await readCalendar(db)
    const [updates, happened, linked, counts, matching, unchangedPrice] = await Promise.all([
      listUpdates(db, incident.id),
      listIncidentLog(db, incident.id),
      listLinked(db, incident.id, 100),
      countLinked(db, incident.id),
      findMatching(c.get('desk'), incident),
      priceUnchanged(c.get('desk'), incident, zone),
    ])
    return c.html(
      <IncidentView
        c={c}
        incident={incident}
        updates={updates}
        happened={happened}
        linked={linked}
        counts={counts}
        matching={matching.length}
        unchangedPrice={unchangedPrice}
      />,
    )
  })
  pages.post('/incidents/:number{[0-9]+}/status', requireRole('lead'), async c => {
    const incident = await findIncidentOf(c)
    if (!incident) return noIncident(c)
    const form = await c.req.formData()
    const severity = String(form.get('severity') ?? incident.severity) as Severity
    const done = await moveIncident(c.get('desk'), {
      incidentId: incident.id,
      to: String(form.get('to') ?? incident.status) as IncidentStatus,
      teammateId: c.get('teammate').id,
      ...(Object.hasOwn(severities, severity) ? { severity } : {}),
    })
    const path = `/incidents/${incident.number}`
    return done.ok
      ? redirectSaying(c, path, 'Changed. The status page shows it; nothing was posted anywhere.')
      : refused(c, 409, 'It cannot go there', done.because, { href: path, label: `Back to INC-${incident.number}` })
  })
  pages.route('/', incidentUpdatePages())
  pages.route('/', incidentTicketPages())
  pages.route('/', allClearPages())
  return pages
}

const lines = (text: string) =>
  text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(Boolean)
    .slice(0, 50)

function ListPage({
  c,
  incidents,
  suggestion,
  components,
}: {
  c: Context<WebEnv>
  incidents: IncidentListed[]
  suggestion: Suggestion | null
  components: string[]
}) {
  const now = c.get('frame').now
  const isLead = hasRole(c.get('teammate'), 'lead')
  const running = incidents.filter(incident => !incident.resolvedAt)
  return (
    <Page c={c} title="Incidents" section="incidents" styles={['incidents']}>
      <header class="page-head">
        <div>
          <h1>Incidents</h1>
          <p class="muted">
            {running.length ? `${plural(running.length, 'incident')} running` : 'Nothing is running.'} ·{' '}
            <a href="/status">public status page</a>
          </p>
        </div>
        {isLead ? (
          <a class="button primary" href="/incidents/new">
            Declare an incident
          </a>
        ) : (
          <span class="row">
            <button type="button" disabled title="A lead or an admin declares">
              Declare an incident
            </button>
            <span class="muted">a lead or an admin declares</span>
          </span>
        )}
      </header>
      {suggestion ? <SuggestionCard suggestion={suggestion} isLead={isLead} /> : null}
      {incidents.length ? (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Incident</th>
                <th scope="col">Severity</th>
                <th scope="col">State</th>
                <th scope="col">Declared</th>
                <th scope="col">Lasted</th>
                <th scope="col" class="number">
                  Updates
                </th>
                <th scope="col" class="number">
                  Tickets
                </th>
              </tr>
            </thead>
            <tbody>
              {incidents.map(incident => (
                <tr>
                  <th scope="row">
                    <a href={`/incidents/${incident.number}`}>
                      INC-{incident.number} {incident.title}
                    </a>
                  </th>
                  <td>
                    <span class={incident.resolvedAt ? 'chip' : 'chip bad'}>{incident.severity}</span>
                  </td>
                  <td>
                    {incident.status}
                    {incident.resolvedAt && incident.held ? (
                      <>
                        {' '}
                        · <a href={`/incidents/${incident.number}/review`}>{plural(incident.held, 'ticket')} still held</a>
                      </>
                    ) : null}
                  </td>
                  <td>
                    <Time at={incident.declaredAt} now={now} /> <span class="muted">by {incident.declaredBy}</span>
                  </td>
                  <td>
                    {waited(incident.declaredAt, incident.resolvedAt ?? now)}
                    {incident.resolvedAt ? '' : ' so far'}
                  </td>
                  <td class="number">{incident.updates}</td>
                  <td class="number">{incident.linked}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div class="empty card">
          <strong>No incident yet</strong>
          <p>
            When many people report the same outage, declare one here: one public update then answers everybody, and their tickets wait for
            it.
          </p>
        </div>
      )}
      <details class="card">
        <summary>
          <strong>Components on the status page</strong> <span class="muted">{components.length ? components.join(', ') : 'none yet'}</span>
        </summary>
        <form method="post" action="/incidents/components" class="stack">
          <label>
            One a line, in the words customers use
            <textarea name="components" rows={5} disabled={!isLead}>
              {components.join('\n')}
            </textarea>
          </label>
          <div class="row">
            <button type="submit" disabled={!isLead} title={isLead ? undefined : 'A lead or an admin changes these'}>
              Save components
            </button>
            {isLead ? null : <span class="muted">A lead or an admin changes these.</span>}
          </div>
        </form>
      </details>
    </Page>
  )
}

function SuggestionCard({ suggestion, isLead }: { suggestion: Suggestion; isLead: boolean }) {
  return (
    <section class="card stack suggestion" aria-label="Suggestion">
      <h2>{suggestion.likelihood === 'likely' ? 'This looks like an outage' : 'This may be an outage'}</h2>
      <p>{suggestionWords(suggestion)} Nothing was done: a person decides.</p>
      {isLead ? (
        <div class="row">
          <a class="button primary" href="/incidents/new">
            Declare an incident
          </a>
          <form method="post" action="/incidents/suggestion/mute" class="row">
            <input name="because" required placeholder="Why not" aria-label="Why it is not an incident" />
            <button type="submit">Not an incident</button>
          </form>
        </div>
      ) : (
        <p class="muted">A lead or an admin declares. Tell one.</p>
      )}
    </section>
  )
}

interface Given {
  title?: string
  impact?: string
  severity?: Severity
  chosen?: string[]
}
function DeclarePage({ c, components, given, problem }: { c: Context<WebEnv>; components: string[]; given: Given; problem?: string }) {
  return (
    <Page c={c} title="Declare an incident" section="incidents" styles={['incidents']}>
      <header class="page-head">
        <div>
          <p>
            <a href="/incidents">Incidents</a>
          </p>
          <h1>Declare an incident</h1>
          <p class="muted">The next page proposes the first public words. Nothing is posted before you publish it there.</p>
        </div>
      </header>
      {problem ? (
        <p class="problem" role="alert">
          Nothing was declared. {problem}
        </p>
      ) : null}
      <form method="post" action="/incidents" class="card stack declare">
        <label>
          Title<span class="hint">As you would say it to a colleague. Shown on the public status page.</span>
          <input name="title" required maxlength={120} value={given.title ?? ''} placeholder="Login errors" autofocus />
        </label>
        <label>
          Some of you can't …<span class="hint">What customers cannot do, in plain words. It goes into every update.</span>
          <input name="impact" required maxlength={200} value={given.impact ?? ''} placeholder="log in to the app" />
        </label>
        <fieldset>
          <legend>Severity</legend>
          <div class="stack tight">
            {Object.entries(severities).map(([severity, words]) => (
              <label class="check">
                <input type="radio" name="severity" value={severity} required checked={(given.severity ?? 'SEV2') === severity} />
                <span>
                  <strong>{severity}</strong> <span class="muted">{words}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>What is affected</legend>
          <div class="stack tight">
            {components.map(name => (
              <label class="check">
                <input type="checkbox" name="component" value={name} checked={given.chosen?.includes(name)} />
                <span>{name}</span>
              </label>
            ))}
            <label>
              {components.length ? 'Something else' : 'Components, one a line'}
              <textarea name="otherComponents" rows={2} placeholder="Sign-in">
                {given.chosen?.filter(name => !components.includes(name)).join('\n') ?? ''}
              </textarea>
            </label>
          </div>
        </fieldset>
        <div class="row">
          <button type="submit" class="primary">
            Declare
          </button>
          <a class="button quiet" href="/incidents">
            Cancel
          </a>
        </div>
      </form>
    </Page>
  )
}
