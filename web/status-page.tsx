// The public status page: for everybody, without sign-in or script; shown from its last copy when the database is down.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { listPublicIncidents, type PublicIncident } from '../db/incidents-page.ts'
import type { Db } from '../db/schema.ts'
import { findSetting, saveSetting } from '../db/settings.ts'
import type { Desk } from '../desk.ts'
import type { Severity } from '../domain.ts'
import { readCalendar } from '../metrics/zone.ts'
import type { WebDesk, WebEnv } from './env.ts'
import { atomFeed, StatusDocument } from './parts/status-document.tsx'

export type ComponentState = 'operational' | 'degraded' | 'partial' | 'major'
export interface PublicStatus {
  /** When this was true. */
  at: Date
  zone: string
  state: ComponentState
  components: { name: string; state: ComponentState }[]
  active: PublicIncident[]
  history: PublicIncident[]
}

export function statusPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/status', c => answer(c, 'html', 'text/html; charset=utf-8'))
  pages.get('/status.json', c => answer(c, 'json', 'application/json; charset=utf-8'))
  pages.get('/status.atom', c => answer(c, 'atom', 'application/atom+xml; charset=utf-8'))
  return pages
}

export async function readStatus(desk: Pick<Desk, 'db' | 'now'>): Promise<PublicStatus> {
  const [incidents, names, { zone }] = [await listPublicIncidents(desk.db, 50), await readComponents(desk.db), await readCalendar(desk.db)]
  const active = incidents.filter(incident => !incident.resolvedAt)
  const named = [...new Set([...names, ...active.flatMap(incident => incident.components)])]
  return {
    at: desk.now(),
    zone,
    active,
    history: incidents.filter(incident => incident.resolvedAt),
    state: worst(active.map(incident => severityState[incident.severity])),
    components: named.map(name => ({
      name,
      state: worst(active.filter(incident => incident.components.includes(name)).map(incident => severityState[incident.severity])),
    })),
  }
}

const componentsShape = z.array(z.string())
export async function readComponents(db: Db): Promise<string[]> {
  const stored = await findSetting(db, 'statusComponents')
  return stored === undefined ? [] : componentsShape.parse(stored)
}
export const saveComponents = (desk: Pick<Desk, 'db' | 'now'>, names: readonly string[]) =>
  saveSetting(desk.db, 'statusComponents', [...new Set(names)], desk.now())

const severityState: Record<Severity, ComponentState> = { SEV1: 'major', SEV2: 'partial', SEV3: 'degraded' }
const order: ComponentState[] = ['operational', 'degraded', 'partial', 'major']
const worst = (states: readonly ComponentState[]) => order[Math.max(0, ...states.map(state => order.indexOf(state)))]!

interface Copy {
  html: string
  json: string
  atom: string
}
interface Kept {
  last: Copy | undefined
  freshUntil: number
  writing: Promise<void> | undefined
  stored: string
}
const kept = new WeakMap<WebDesk, Kept>()
/** So that a crowd reloading during an outage costs one query every few seconds. */
const FRESH_MS = 5_000
/** A database that hangs is as good as down. */
const PATIENCE_MS = 2_000

async function answer(c: Context<WebEnv>, form: keyof Copy, type: string) {
  const { copy, isStale } = await currentCopy(c.get('desk'))
  if (!copy) return c.text('The status page cannot be shown right now. Please try again in a minute.', 503)
  const body = copy[form]
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 20)}"`
  const headers = {
    'content-type': type,
    etag,
    'cache-control': 'public, max-age=30, stale-if-error=86400',
    ...(isStale ? { 'x-status-copy': 'last known' } : {}),
  }
  if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers)
  return c.body(body, 200, headers)
}

async function currentCopy(desk: WebDesk): Promise<{ copy: Copy | undefined; isStale: boolean }> {
  const mine = kept.get(desk) ?? { last: undefined, freshUntil: 0, writing: undefined, stored: '' }
  kept.set(desk, mine)
  if (mine.last && Date.now() < mine.freshUntil) return { copy: mine.last, isStale: false }
  try {
    mine.last = await inTime(renderCopy(desk))
    mine.freshUntil = Date.now() + FRESH_MS
    keepOnDisk(desk, mine)
    return { copy: mine.last, isStale: false }
  } catch (error) {
    desk.log.error({ err: error }, 'the status page is shown from its last copy')
    return { copy: mine.last ?? (await readFromDisk(desk)), isStale: true }
  }
}

async function renderCopy(desk: WebDesk): Promise<Copy> {
  const status = await readStatus(desk)
  return {
    html: `<!doctype html>${await StatusDocument({ status })!.toString()}`,
    json: JSON.stringify(
      {
        state: status.state,
        components: status.components,
        zone: status.zone,
        active: status.active.map(published),
        history: status.history.map(published),
      },
      null,
      2,
    ),
    atom: atomFeed(status, desk.publicUrl),
  }
}

const published = ({ id: _id, ...incident }: PublicIncident) => incident

/** One write at a time, and only of what is new: the copy outlives this process, too. */
function keepOnDisk(desk: WebDesk, mine: Kept) {
  const text = JSON.stringify(mine.last)
  if (mine.writing || mine.stored === text) return
  const path = copyPath(desk)
  const beside = `${path}.${process.pid}`
  mine.writing = mkdir(desk.config.dataDir, { recursive: true })
    .then(() => writeFile(beside, text))
    .then(() => rename(beside, path))
    .then(() => {
      mine.stored = text
    })
    .catch(error => desk.log.warn({ err: error }, 'the status page could not be kept on disk'))
    .finally(() => {
      mine.writing = undefined
    })
}

async function readFromDisk(desk: WebDesk): Promise<Copy | undefined> {
  try {
    return JSON.parse(await readFile(copyPath(desk), 'utf8')) as Copy
  } catch (error) {
    desk.log.warn({ err: error }, 'there is no kept status page')
    return undefined
  }
}
const copyPath = (desk: WebDesk) => join(desk.config.dataDir, 'status-page.json')

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the database did not answer within ${PATIENCE_MS} ms`)), PATIENCE_MS)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
