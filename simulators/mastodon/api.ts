// The REST endpoints of the simulated instance: notifications, statuses, accounts, the instance itself.
import { Hono } from 'hono'
import { compareIds } from '../snowflake.ts'
import { access } from './access.ts'
import { notFound, refusal } from './errors.ts'
import { publish, removeStatus } from './happenings.ts'
import { renderCredentials, renderInstance, renderNotification, renderStatus } from './render.ts'
import { ancestorsOf, childrenOf, inPublic, type MastodonStatus, type MastodonVisibility, maySee } from './state.ts'
import { countedLength, says, tagsIn } from './text.ts'
import { uploadsNamed } from './uploads.ts'
import type { MastodonWorld } from './world.ts'

const keyLivesMs = 3_600_000
const visibilities = new Set(['public', 'unlisted', 'private', 'direct'])

export function apiRoutes(world: MastodonWorld): Hono {
  const { state } = world
  const routes = new Hono()

  routes.get('/api/v2/instance', c => c.json(renderInstance(world)))
  routes.get('/api/v1/accounts/verify_credentials', access(world, 'read:accounts'), c =>
    c.json(renderCredentials(world, c.get('caller').account)),
  )

  routes.get('/api/v1/notifications', access(world, 'read:notifications'), c => {
    const types = c.req.queries('types[]') ?? []
    const mine = state.notifications.filter(
      one => one.accountId === c.get('caller').account.id && (!types.length || types.includes('mention')),
    )
    return page(c.req.url, mine, [40, 80], one => renderNotification(world, one))
  })

  routes.get('/api/v1/accounts/:id{[0-9]+}/statuses', access(world, 'read:statuses'), c => {
    const owner = c.req.param('id')
    if (!state.accounts.has(owner)) return notFound()
    const theirs = state.timeline
      .flatMap(id => state.statuses.get(id) ?? [])
      .filter(one => one.accountId === owner && maySee(one, c.get('caller').account.id))
    return page(c.req.url, theirs, [20, 40], one => renderStatus(world, one))
  })

  routes.get('/api/v1/timelines/tag/:tag', access(world, 'read:statuses'), c => {
    const tag = c.req.param('tag').toLowerCase()
    return page(
      c.req.url,
      inPublic(state).filter(one => tagsIn(one.text).includes(tag)),
      [20, 40],
      one => renderStatus(world, one),
    )
  })
  routes.get('/api/v2/search', access(world, 'read:search'), c => {
    const [limit, offset] = [Math.min(40, Number(c.req.query('limit') ?? 20)), Number(c.req.query('offset') ?? 0)]
    const hits = world.hasSearch()
      ? inPublic(state)
          .filter(one => says(one.text, c.req.query('q') ?? ''))
          .reverse()
      : []
    return c.json({ accounts: [], hashtags: [], statuses: hits.slice(offset, offset + limit).map(one => renderStatus(world, one)) })
  })

  routes.get('/api/v1/statuses/:id{[0-9]+}', access(world, 'read:statuses'), c => {
    const status = visible(c.req.param('id'), c.get('caller').account.id)
    return status ? c.json(renderStatus(world, status)) : notFound()
  })
  routes.get('/api/v1/statuses/:id{[0-9]+}/context', access(world, 'read:statuses'), c => {
    const me = c.get('caller').account.id
    const status = visible(c.req.param('id'), me)
    if (!status) return notFound()
    const shown = (list: MastodonStatus[]) => list.filter(one => maySee(one, me)).map(one => renderStatus(world, one))
    const below = (one: MastodonStatus): MastodonStatus[] => childrenOf(state, one.id).flatMap(child => [child, ...below(child)])
    return c.json({ ancestors: shown(ancestorsOf(state, status)), descendants: shown(below(status)) })
  })

  for (const verb of ['favourite', 'unfavourite'] as const)
    routes.post(`/api/v1/statuses/:id{[0-9]+}/${verb}`, access(world, 'write:favourites'), c => {
      const { id: accountId } = c.get('caller').account
      const status = visible(c.req.param('id'), accountId)
      if (!status) return notFound()
      world.record({ type: 'favourite', id: status.id, accountId, isOn: verb === 'favourite' })
      return c.json(renderStatus(world, status, accountId))
    })

  routes.delete('/api/v1/statuses/:id{[0-9]+}', access(world, 'write:statuses'), c => {
    const status = state.statuses.get(c.req.param('id'))
    if (status?.accountId !== c.get('caller').account.id) return notFound()
    const shown = renderStatus(world, status)
    removeStatus(world, status.id)
    return c.json(shown)
  })

  routes.post('/api/v1/statuses', access(world, 'write:statuses'), async c => {
    const { account, grant } = c.get('caller')
    const key = c.req.header('idempotency-key') ?? null
    const known = key === null ? undefined : state.keys.get(`${account.id} ${key}`)
    const first = known && known.at + keyLivesMs > world.clock.now() ? state.statuses.get(known.id) : undefined
    if (first) return c.json(renderStatus(world, first))
    const body = (await c.req.json().catch(() => ({}))) as Record<string, unknown>
    const text = typeof body.status === 'string' ? body.status.trim() : ''
    const warning = typeof body.spoiler_text === 'string' ? body.spoiler_text : ''
    const visibility = String(body.visibility ?? 'public')
    const uploads = uploadsNamed(world, body.media_ids, account.id)
    if (uploads instanceof Response) return uploads
    if (!text && !uploads.length) return refusal(422, "Validation failed: Text can't be blank")
    if (!visibilities.has(visibility)) return refusal(422, `'${visibility}' is not a valid visibility`)
    if (countedLength(warning, text) > world.maxCharacters())
      return refusal(422, `Validation failed: Text character limit of ${world.maxCharacters()} exceeded`)
    const inReplyTo = typeof body.in_reply_to_id === 'string' ? body.in_reply_to_id : null
    if (inReplyTo !== null && !visible(inReplyTo, account.id))
      return refusal(404, 'The post you are trying to reply to does not appear to exist.')
    const made = publish(world, {
      accountId: account.id,
      text,
      warning,
      visibility: visibility as MastodonVisibility,
      inReplyTo,
      lang: typeof body.language === 'string' ? body.language : 'en',
      appId: grant.appId,
      key,
      uploads,
    })
    return c.json(renderStatus(world, made))
  })
  return routes

  function visible(id: string, accountId: string): MastodonStatus | undefined {
    const status = state.statuses.get(id)
    return status && maySee(status, accountId) ? status : undefined
  }

  /** `list` is oldest first. `min_id` reads on from there, `since_id` gives the newest of what is newer; a page is always newest first. */
  function page<T extends { id: string }>(url: string, list: T[], [usual, most]: [number, number], render: (one: T) => object): Response {
    const { searchParams, pathname } = new URL(url)
    const size = Math.min(most, Math.max(1, Number(searchParams.get('limit') ?? usual) || usual))
    const [maxId, minId, sinceId] = ['max_id', 'min_id', 'since_id'].map(name => searchParams.get(name))
    const fitting = list.filter(
      one =>
        (!maxId || compareIds(one.id, maxId) < 0) &&
        (!minId || compareIds(one.id, minId) > 0) &&
        (!sinceId || compareIds(one.id, sinceId) > 0),
    )
    const shown = (minId ? fitting.slice(0, size) : fitting.slice(-size)).reverse()
    const linkTo = (name: string, id: string) => {
      const query = new URLSearchParams(searchParams)
      for (const other of ['max_id', 'min_id', 'since_id']) query.delete(other)
      query.set(name, id)
      return `<https://${world.host}${pathname}?${query}>`
    }
    const [newest, oldest] = [shown[0], shown.at(-1)]
    const links = [
      ...(oldest && shown.length === size ? [`${linkTo('max_id', oldest.id)}; rel="next"`] : []),
      ...(newest ? [`${linkTo('min_id', newest.id)}; rel="prev"`] : []),
    ]
    return Response.json(shown.map(render), { headers: links.length ? { link: links.join(', ') } : {} })
  }
}
