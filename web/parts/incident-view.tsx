// An incident's page: where it stands, what was said where, what it holds, and how it went so far.
import type { Context } from 'hono'
import { v7 as newId } from 'uuid'
import type { IncidentRow } from '../../db/incidents.ts'
import type { countLinked, Happened, LinkedTicket, listUpdates, PostState } from '../../db/incidents-page.ts'
import type { ReplyStatus } from '../../domain.ts'
import { runningSteps, severities, stepWords } from '../../incidents/incident.ts'
import type { WebEnv } from '../env.ts'
import { hasRole } from '../session.ts'
import { NextUpdate } from './incident-banner.tsx'
import { LinkedTable } from './linked-table.tsx'
import { outward } from './outward.ts'
import { Page } from './page.tsx'
import { PlatformIcon } from './platform.tsx'
import { absolute, Time, waited } from './time.tsx'
import { plural } from './words.ts'

interface Props {
  c: Context<WebEnv>
  incident: IncidentRow
  updates: Awaited<ReturnType<typeof listUpdates>>
  happened: Happened[]
  linked: LinkedTicket[]
  counts: Awaited<ReturnType<typeof countLinked>>
  matching: number
  /** What “No change yet” costs at one press. */
  unchangedPrice: string | null
}

export function IncidentView({ c, incident, updates, happened, linked, counts, matching, unchangedPrice }: Props) {
  const now = c.get('frame').now
  const isLead = hasRole(c.get('teammate'), 'lead')
  const path = `/incidents/${incident.number}`
  const individually = linked.filter(ticket => ticket.individually)
  return (
    <Page c={c} title={`INC-${incident.number} ${incident.title}`} section="incidents" styles={['incidents']}>
      <header class="page-head">
        <div>
          <p>
            <a href="/incidents">Incidents</a>
          </p>
          <h1>
            INC-{incident.number} {incident.title}
          </h1>
          <p class="muted">
            <span class={incident.resolvedAt ? 'chip' : 'chip bad'}>{incident.severity}</span> {severities[incident.severity]} · some of you
            can't {incident.impact}
            {incident.components.length ? ` · ${incident.components.join(', ')}` : ''}
          </p>
        </div>
        <a class="button" href="/status">
          Public status page
        </a>
      </header>
      {incident.resolvedAt ? (
        <Over incident={incident} counts={counts} path={path} isLead={isLead} />
      ) : (
        <Running incident={incident} path={path} now={now} isLead={isLead} hasUpdate={updates.length > 0} price={unchangedPrice} />
      )}
      <div class="incident-columns">
        <section class="stack" aria-labelledby="updates-heading">
          <h2 id="updates-heading">Updates</h2>
          {updates.length ? (
            updates.map(update => (
              <article class="card stack update">
                <header class="row">
                  <span class="chip accent">{stepWords[update.incidentStatus]}</span>
                  <span class="muted">
                    <Time at={update.createdAt} now={now} /> by {update.writtenBy}
                  </span>
                </header>
                <p>{update.text}</p>
                <ul class="posts">
                  {update.posts.map(post => (
                    <Post
                      post={{ ...post, url: outward(c, c.get('desk').connectorFor(post.platform).label, incident.isDemo)(post.url) }}
                      text={update.text}
                      path={path}
                      now={now}
                      isLead={isLead}
                    />
                  ))}
                </ul>
                {update.posts.length ? null : <p class="muted">On the status page only.</p>}
              </article>
            ))
          ) : (
            <div class="empty card">
              <strong>Nothing said in public yet</strong>
              <p>A holding statement within 15 minutes keeps people from asking one by one.</p>
            </div>
          )}
        </section>
        <section class="stack" aria-labelledby="timeline-heading">
          <h2 id="timeline-heading">Timeline</h2>
          <ol class="timeline card">
            {[...happened].reverse().map(one => (
              <li>
                <time datetime={one.at.toISOString()} title={absolute(one.at)}>
                  {clock(one.at)}
                </time>
                <span>
                  {told(one)}
                  {one.by ? <span class="muted"> · {one.by}</span> : null}
                </span>
              </li>
            ))}
          </ol>
          <p class="muted">
            Times in UTC. Lasted {waited(incident.declaredAt, incident.resolvedAt ?? now)}
            {incident.resolvedAt ? '' : ' so far'}.
          </p>
        </section>
      </div>
      <section class="stack" aria-labelledby="linked-heading">
        <div class="section-head">
          <h2 id="linked-heading">Linked tickets</h2>
          <span class="muted">
            {counts.total} linked, {counts.held} held, {counts.total - counts.unsolved} solved
          </span>
        </div>
        {matching ? (
          <p class="advice">
            {plural(matching, 'open outage report')} not linked yet. <a href={`${path}/matching`}>Look and link them</a>
          </p>
        ) : null}
        {individually.length ? (
          <p class="advice">
            {plural(individually.length, 'ticket')} answered individually:{' '}
            {individually.map(t => (
              <>
                <a href={`/tickets/${t.number}`}>#{t.number}</a> “{t.individually}”{' '}
              </>
            ))}
          </p>
        ) : null}
        {linked.length ? (
          <LinkedTable tickets={linked} now={now} unlinkPath={c.get('teammate').role === 'readonly' || incident.resolvedAt ? null : path} />
        ) : (
          <p class="empty card">
            <strong>No ticket is linked</strong>Link one from its page, or the matching reports from here: they wait for the public update
            instead of one answer each.
          </p>
        )}
        {counts.total > linked.length ? (
          <p class="muted">
            The first {linked.length} of {counts.total}. <a href="/queue?view=incident">All in the queue's Incident view</a>
          </p>
        ) : null}
      </section>
    </Page>
  )
}

function Running({
  incident,
  path,
  now,
  isLead,
  hasUpdate,
  price,
}: {
  incident: IncidentRow
  path: string
  now: Date
  isLead: boolean
  hasUpdate: boolean
  price: string | null
}) {
  const why = isLead ? undefined : 'A lead or an admin does this'
  return (
    <section class="card run" aria-label="Run the incident">
      <form method="post" action={`${path}/status`} class="steps" aria-label="State">
        {runningSteps.map(step => (
          <button
            type="submit"
            name="to"
            value={step}
            class={step === incident.status ? 'step current' : 'step'}
            aria-pressed={step === incident.status}
            disabled={!isLead}
            title={why}
          >
            {stepWords[step]}
          </button>
        ))}
        <span class="step last muted">Resolved</span>
      </form>
      <p class="next">
        <NextUpdate dueAt={incident.nextUpdateDueAt} now={now} />
      </p>
      <div class="row">
        {isLead ? (
          <>
            <a class="button primary" href={`${path}/update${hasUpdate ? '' : '?kind=holding'}`}>
              {hasUpdate ? 'Post an update' : 'Post the holding statement'}
            </a>
            <form method="post" action={`${path}/still-working`}>
              <input type="hidden" name="updateId" value={newId()} />
              <button
                type="submit"
                disabled={!hasUpdate}
                title={hasUpdate ? 'Posts “No change yet, still working” to every account' : 'First the holding statement'}
              >
                No change yet, still working
              </button>
              {hasUpdate && price ? <p class="price">{price}</p> : null}
            </form>
            <a class="button" href={`${path}/all-clear`}>
              All-clear…
            </a>
            <form method="post" action={`${path}/status`} class="row">
              <input type="hidden" name="to" value={incident.status} />
              <label class="inline">
                Severity{' '}
                <select name="severity">
                  {Object.keys(severities).map(one => (
                    <option selected={one === incident.severity}>{one}</option>
                  ))}
                </select>
              </label>
              <button type="submit" class="quiet">
                Change
              </button>
            </form>
          </>
        ) : (
          <>
            <button type="button" disabled title={why}>
              Post an update
            </button>
            <button type="button" disabled title={why}>
              All-clear…
            </button>
            <span class="muted">A lead or an admin posts updates and gives the all-clear.</span>
          </>
        )}
      </div>
    </section>
  )
}

function Over({ incident, counts, path, isLead }: { incident: IncidentRow; counts: Props['counts']; path: string; isLead: boolean }) {
  return (
    <section class="card run over">
      <p>
        <strong>Resolved.</strong> <span class="muted">{absolute(incident.resolvedAt!)}</span>
      </p>
      {counts.unsolved ? (
        <div class="row">
          <span>{plural(counts.unsolved, 'linked ticket')} not solved yet.</span>
          {isLead ? (
            <a class="button primary" href={`${path}/review`}>
              Review and solve
            </a>
          ) : (
            <span class="muted">A lead reviews and solves them.</span>
          )}
        </div>
      ) : (
        <p class="muted">{counts.total ? `All ${counts.total} linked tickets are solved.` : 'No ticket was linked.'}</p>
      )}
    </section>
  )
}

const STATE: Record<ReplyStatus, [words: string, tone: string]> = {
  draft: ['draft', ''],
  approved: ['waiting to be sent', 'accent'],
  sending: ['sending', 'accent'],
  sent: ['sent', 'good'],
  refused: ['failed', 'bad'],
  unsure: ['unsure', 'warn'],
  discarded: ['discarded', ''],
}

function Post({ post, text, path, now, isLead }: { post: PostState; text: string; path: string; now: Date; isLead: boolean }) {
  const [words, tone] = STATE[post.status]
  return (
    <li role={post.status === 'refused' ? 'alert' : undefined}>
      <PlatformIcon platform={post.platform} label={post.platform} />
      <span class="account">{post.account}</span>
      {post.parts > 1 ? (
        <span class="muted">
          part {post.part} of {post.parts}
        </span>
      ) : null}
      <span class={`chip ${tone}`}>{words}</span>
      {post.status === 'sent' && post.url ? (
        <a href={post.url} rel="noopener" target="_blank">
          open ↗
        </a>
      ) : null}
      {post.sentAt ? (
        <span class="muted">
          <Time at={post.sentAt} now={now} />
        </span>
      ) : null}
      {post.status === 'refused' && isLead && !post.isBehind ? (
        <form method="post" action={`${path}/posts/${post.id}/retry`}>
          <button type="submit" class="small">
            {post.part > 1 ? 'Send on from here' : 'Send again'}
          </button>
        </form>
      ) : null}
      {post.problem ? <span class="why">{post.problem}</span> : null}
      {post.text === text ? null : (
        <details>
          <summary class="muted">What it says there</summary>
          <p>{post.text}</p>
        </details>
      )}
    </li>
  )
}

function told({ action, before, after }: Happened): string {
  const state = (value: unknown) => stepWords[value as keyof typeof stepWords] ?? String(value)
  const because = after?.overrideBecause ? ` (early: “${after.overrideBecause}”)` : ''
  switch (action) {
    case 'incident.declared':
      return `Declared as ${after?.severity}`
    case 'incident.moved':
      return before?.severity === after?.severity
        ? `${state(before?.status)} → ${state(after?.status)}`
        : `${before?.severity} → ${after?.severity}`
    case 'incident.updated':
      return `Update published: ${state(after?.status)}${because}`
    case 'incident.cleared':
      return `All-clear published${because}`
    case 'incident.retried':
      return 'A refused post was sent again'
    case 'incident.solved':
      return `${after?.solved} linked tickets solved, ${after?.released} back in the queue`
    default:
      return action
  }
}

const clock = (at: Date) => at.toISOString().slice(11, 16)
