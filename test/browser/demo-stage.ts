// The demo as a newcomer meets it, in this process, and one Chromium to look at it with; for all tests of a file.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'
import { readConfig } from '../../config.ts'
import { connectorFor } from '../../connectors/all.ts'
import { openEmbeddedDatabase } from '../../db/connect.ts'
import type { TicketRow } from '../../db/tickets.ts'
import { type Demo, startDemo } from '../../demo.ts'
import type { Desk } from '../../desk.ts'
import type { Id, Role } from '../../domain.ts'
import { openDoorbell } from '../../jobs.ts'
import { openLive } from '../../live.ts'
import { openVault } from '../../vault.ts'
import { createTeammate } from '../../web/auth.ts'
import { storeStarterTemplates } from '../../web/first-start.ts'
import { startWeb } from '../../web/server.ts'
import { serveDoorbell } from '../../worker.ts'
import { eventually } from '../processes.ts'
import { chromiumPath, freePort } from '../servers.ts'

export interface DemoStage {
  url: string
  desk: Desk
  /** The simulators' public pages. */
  xUrl: string
  facebookUrl: string
  /** A verb of the simulated X, asked over HTTP: simulators/README.md. */
  onX: <T>(name: string, given: object) => Promise<T>
  /** Somebody of the team, signed in with the keyboard; undo 0 s unless given. */
  teammate: (name: string, role: Role, more?: { undoSeconds?: number; window?: BrowserContextOptions }) => Promise<Seat>
  /** A window of somebody who is not signed in. */
  window: (options?: BrowserContextOptions) => Promise<Page>
  /** The ticket these words are on, once there is one. */
  ticketAbout: (words: string) => Promise<TicketRow>
  /** What the pages complained about since the last look: scripts that failed, what the content policy stopped. */
  complaints: () => string[]
  /** Pictures of every open window, into the folder PICTURES names: to see why a test failed. */
  picture: (name: string) => Promise<void>
  close: () => Promise<void>
}
export interface Seat {
  id: Id
  email: string
  page: Page
}
export const PASSWORD = 'a long enough password'

export async function openDemoStage(): Promise<DemoStage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'heed-browser-'))
  const config = readConfig({ PORT: String(await freePort()), DEMO: 'off', LOG_LEVEL: 'silent' })
  const complained: string[] = []
  const onProblem = (error: Error) => void complained.push(error.message)
  const database = await openEmbeddedDatabase({ syncToDisk: false, snapshot: new Blob([readFileSync(inject('snapshot'))]) })
  const doorbell = await openDoorbell({ pool: database.pool, onProblem })
  const live = await openLive(database, undefined, onProblem)
  const desk: Desk = {
    db: database.db,
    now: () => new Date(),
    vault: openVault('a secret of the stage, long enough to be one'),
    live,
    log: pino({ level: 'silent' }),
    connectorFor,
    publicUrl: config.publicUrl,
    ring: doorbell.ring,
  }
  const closeDesk = async () => {
    await doorbell.close()
    await live.close()
    await database.close()
  }
  let demo: Demo | null = null
  const web = await startWeb({ desk, database, doorbell, live, close: closeDesk }, config, () => demo)
  serveDoorbell(desk, doorbell)
  await storeStarterTemplates(desk)
  demo = await startDemo(desk, { dataDir, port: 0, webUrl: `http://127.0.0.1:${web.port}` })
  if (!demo) throw new Error('the demo did not start')
  const running = demo
  const [xUrl, facebookUrl] = ['X', 'Facebook'].map(label => running.links.find(link => link.label === label)!.url)
  const browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] })

  async function window(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
    context.setDefaultTimeout(30_000)
    context.on('console', message => {
      // A refused form answers 4xx, which Chromium prints as well; that is no fault of the page.
      if (message.type() === 'error' && !/status of 4(09|22)/.test(message.text()))
        complained.push(`${message.page()?.url()}: ${message.text()}`)
    })
    context.on('weberror', error => complained.push(`${error.page()?.url()}: ${error.error().message}`))
    return context.newPage()
  }

  return {
    url: config.publicUrl,
    desk,
    xUrl: xUrl!,
    facebookUrl: facebookUrl!,
    window,
    onX: async (name, given) => {
      const answer = await fetch(`${xUrl}/_sim/${name}`, { method: 'POST', body: JSON.stringify(given) })
      const { result, error } = (await answer.json()) as { result: never; error?: string }
      if (error) throw new Error(error)
      return result
    },
    teammate: async (name, role, { undoSeconds = 0, window: options } = {}) => {
      const [first, last] = name.split(' ')
      const email = `${first!.toLowerCase()}@heed.test`
      const id = await createTeammate(desk, { name, email, role, initials: `${first![0]}${last![0]}`, password: PASSWORD })
      // So many at once from one address are too many tries for the product.
      await desk.db.deleteFrom('rateLimits').execute()
      await desk.db.updateTable('teammates').set({ undoSeconds }).where('id', '=', id).execute()
      const page = await window(options)
      await page.goto(`${config.publicUrl}/sign-in`)
      // The first field has the focus.
      await page.locator('input[name=email]:focus').fill(email)
      await page.keyboard.press('Tab')
      await page.locator('input[name=password]:focus').fill(PASSWORD)
      await page.keyboard.press('Enter')
      await page.waitForURL('**/queue')
      return { id, email, page }
    },
    ticketAbout: words =>
      eventually(
        `a ticket about “${words}”`,
        async () => {
          const mention = await desk.db
            .selectFrom('mentions')
            .select('ticketId')
            .where('text', 'like', `%${words}%`)
            .where('ticketId', 'is not', null)
            .executeTakeFirst()
          return mention && desk.db.selectFrom('tickets').selectAll().where('id', '=', mention.ticketId!).executeTakeFirstOrThrow()
        },
        30_000,
      ),
    complaints: () => complained.splice(0),
    picture: async name => {
      const folder = process.env.PICTURES
      if (!folder) return
      for (const [i, page] of browser
        .contexts()
        .flatMap(context => context.pages())
        .entries())
        await page.screenshot({ path: join(folder, `${name.replace(/\W+/g, '-').slice(0, 60)}-${i}.png`) })
    },
    close: async () => {
      await browser.close()
      await running.stop()
      await web.close()
      await closeDesk()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
