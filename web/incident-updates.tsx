// Writing one status update, fitted to each platform side by side, and publishing it once.
import { type Context, Hono } from 'hono'
import { v7 as newId } from 'uuid'
import { z } from 'zod'
import type { IncidentRow } from '../db/incidents.ts'
import { findLastStatusUpdate } from '../db/incidents.ts'
import type { IncidentStatus } from '../domain.ts'
import { whyNotClear } from '../incidents/all-clear.ts'
import { MINIMUM_MINUTES, mayPostAt } from '../incidents/cadence.ts'
import { runningSteps } from '../incidents/incident.ts'
import { defaultNextUpdate, publishUnchanged, publishUpdate, retryBroadcast } from '../incidents/status-update.ts'
import { priceUpdate } from '../incidents/update-price.ts'
import { finishText, type Proposal, proposeUpdate, type UpdateKind } from '../incidents/wording.ts'
import { readCalendar } from '../metrics/zone.ts'
import type { WebEnv } from './env.ts'
import { isId } from './ids.ts'
import { findIncidentOf, noIncident } from './incident-of.ts'
import { redirectSaying } from './parts/flash.ts'
import { refused } from './parts/refused.tsx'
import { UpdateForm, type UpdateFormProps } from './parts/update-form.tsx'
import { plural } from './parts/words.ts'
import { requireRole } from './session.ts'

export function incidentUpdatePages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/incidents/:number{[0-9]+}/update', requireRole('lead'), async c => {
    const incident = await findIncidentOf(c)
    if (!incident) return noIncident(c)
    if (incident.resolvedAt) return over(c, incident)
    const kind: UpdateKind = c.req.query('kind') === 'holding' ? 'holding' : 'update'
    return c.html(<UpdateForm {...(await freshForm(c, incident, kind))} />)
  })
  pages.get('/incidents/:number{[0-9]+}/all-clear', requireRole('lead'), async c => {
    const incident = await findIncidentOf(c)
    if (!incident) return noIncident(c)
    return incident.resolvedAt ? over(c, incident) : c.html(<UpdateForm {...(await freshForm(c, incident, 'allclear'))} />)
  })
  pages.post('/incidents/:number{[0-9]+}/updates', requireRole('lead'), async c => {
    const incident = await findIncidentOf(c)
    if (!incident) return noIncident(c)
    const form = await c.req.formData()
    const read = shape.safeParse(Object.fromEntries([...form.entries()].filter(([, value]) => typeof value === 'string')))
    const path = `/incidents/${incident.number}`
    if (!read.success)
      return refused(c, 422, 'The form is incomplete', 'Nothing was published. Open the form again and publish from there.', {
        href: `${path}/update`,
        label: 'Open the form',
      })
    const given = read.data
    const fresh = await freshForm(c, incident, given.kind)
    const chosen = form.getAll('account').map(String)
    const textOf = (accountId: string) => String(form.get(`text-${accountId}`) ?? '')
    const now = c.get('desk').now()
    const published = await publishUpdate(c.get('desk'), {
      updateId: given.updateId,
      incidentId: incident.id,
      kind: given.kind,
      to: given.kind === 'allclear' ? 'resolved' : given.to,
      text: given.text,
      renditions: chosen.map(accountId => ({ accountId, text: textOf(accountId), posts: Number(form.get(`posts-${accountId}`)) || 0 })),
      nextUpdateAt: given.nextMinutes ? new Date(now.getTime() + given.nextMinutes * 60_000) : null,
      zone: fresh.zone,
      overrideBecause: given.overrideBecause,
      teammateId: c.get('teammate').id,
    })
    if (published.ok) {
      const said = published.isRepeat
        ? 'This update is published already: nothing was posted twice.'
        : published.posts
          ? `Published. ${plural(published.posts, 'post')} on the way; see below how each fares.`
          : 'Published on the status page.'
      return redirectSaying(c, given.kind === 'allclear' ? `${path}/review` : path, said)
    }
    const proposal: Proposal = {
      ...fresh.proposal,
      text: given.text,
      renditions: fresh.proposal.renditions.map(one => ({
        ...one,
        text: form.has(`text-${one.accountId}`) ? textOf(one.accountId) : one.text,
      })),
    }
    return c.html(
      <UpdateForm
        {...fresh}
        proposal={proposal}
        updateId={given.updateId}
        chosen={chosen}
        threads={chosen.filter(accountId => form.has(`posts-${accountId}`))}
        price={await priceUpdate(c.get('desk'), finishedIn(form, given.nextMinutes, given.kind, now, fresh.zone))}
        to={given.to}
        nextMinutes={given.nextMinutes}
        fault={published}
        needsReason={published.where === 'override' ? published.because : fresh.needsReason}
        overrideBecause={given.overrideBecause}
      />,
      published.where === 'override' ? 409 : 422,
    )
  })
  pages.post('/incidents/:number{[0-9]+}/updates/price', requireRole('lead'), async c => {
    const form = await c.req.formData()
    const desk = c.get('desk')
    const { zone } = await readCalendar(desk.db)
    const kind = form.get('kind') === 'allclear' ? 'allclear' : 'update'
    return c.json(await priceUpdate(desk, finishedIn(form, Number(form.get('nextMinutes')) || 0, kind, desk.now(), zone)))
  })
  pages.post('/incidents/:number{[0-9]+}/still-working', requireRole('lead'), async c => {
    const incident = await findIncidentOf(c)
    if (!incident) return noIncident(c)
    const form = await c.req.formData()
    const path = `/incidents/${incident.number}`
    const updateId = z.uuid().safeParse(form.get('updateId'))
    if (!updateId.success)
      return refused(c, 422, 'The form is incomplete', 'Nothing was published. Open the incident and press the button again.', {
        href: path,
        label: 'To the incident',
      })
    const published = await publishUnchanged(c.get('desk'), {
      updateId: updateId.data,
      incident,
      zone: (await readCalendar(c.get('desk').db)).zone,
      teammateId: c.get('teammate').id,
    })
    if (published.ok)
      return redirectSaying(
        c,
        path,
        published.isRepeat
          ? 'Published already: nothing was posted twice.'
          : `“No change yet” published, ${plural(published.posts, 'post')} on the way.`,
      )
    return refused(c, 409, 'Not published', published.because, { href: `${path}/update`, label: 'Write the update' })
  })
  pages.post('/incidents/:number{[0-9]+}/posts/:replyId/retry', requireRole('lead'), async c => {
    const incident = await findIncidentOf(c)
    const replyId = z.uuid().safeParse(c.req.param('replyId'))
    if (!incident || !replyId.success) return noIncident(c)
    const path = `/incidents/${incident.number}`
    const done = await retryBroadcast(c.get('desk'), { replyId: replyId.data, incidentId: incident.id, teammateId: c.get('teammate').id })
    return done.ok
      ? redirectSaying(c, path, 'Sending again.')
      : refused(c, 409, 'Not sent again', done.because, { href: path, label: 'To the incident' })
  })
  return pages
}

/** What would be posted, for the accounts that are ticked. */
function finishedIn(form: FormData, nextMinutes: number, kind: UpdateKind, now: Date, zone: string) {
  const next = kind === 'allclear' || !nextMinutes ? null : new Date(now.getTime() + nextMinutes * 60_000)
  const ids = form.getAll('account').map(String).filter(isId)
  return ids.map(accountId => ({ accountId, text: finishText(String(form.get(`text-${accountId}`) ?? ''), next, zone) }))
}

const shape = z.object({
  updateId: z.uuid(),
  kind: z.enum(['holding', 'update', 'allclear']),
  to: z.enum(runningSteps).default('investigating'),
  text: z.string().max(10_000),
  nextMinutes: z.coerce.number().int().min(0).max(1440).default(0),
  overrideBecause: z.string().trim().max(500).optional(),
})

async function freshForm(c: Context<WebEnv>, incident: IncidentRow, kind: UpdateKind): Promise<UpdateFormProps> {
  const desk = c.get('desk')
  const now = desk.now()
  const [proposal, last, { zone }, next] = [
    await proposeUpdate(desk, incident, kind),
    await findLastStatusUpdate(desk.db, incident.id),
    await readCalendar(desk.db),
    await defaultNextUpdate(desk, incident),
  ]
  const waitUntil = mayPostAt(last?.createdAt ?? null, now)
  const early = kind === 'allclear' ? whyNotClear(incident, now) : null
  const nextAt = kind === 'allclear' ? null : next
  const price = await priceUpdate(
    desk,
    proposal.renditions.map(({ accountId, text }) => ({ accountId, text: finishText(text, nextAt, zone) })),
  )
  const needsReason = early ?? (waitUntil ? `The last update is less than ${MINIMUM_MINUTES} minutes old.` : null)
  return {
    c,
    incident,
    kind,
    proposal,
    updateId: newId(),
    chosen: proposal.renditions.map(one => one.accountId),
    threads: [],
    price,
    zone,
    now,
    to: incident.status as (typeof runningSteps)[number] & IncidentStatus,
    nextMinutes: next ? Math.round((next.getTime() - now.getTime()) / 60_000) : 0,
    needsReason,
    overrideBecause: '',
    fault: null,
  }
}

const over = (c: Context<WebEnv>, incident: IncidentRow) =>
  refused(c, 409, 'It is resolved', `INC-${incident.number} is over. If it came back, declare it anew.`, {
    href: `/incidents/${incident.number}`,
    label: `To INC-${incident.number}`,
  })
