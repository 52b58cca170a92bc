// The storm: seeded customers, reps and an operator on five simulated platforms, with every fault at once; then quiet, and everything is accounted for.
import { sql } from 'kysely'
import pino from 'pino'
import { v7 as newId } from 'uuid'
import { ringDue, sweep } from '../../clock.ts'
import { type Config, readConfig } from '../../config.ts'
import { connectorFor } from '../../connectors/all.ts'
import type { Secrets } from '../../connectors/connector.ts'
import { type AccountRow, getPlatformApp, insertPlatformApp } from '../../db/accounts.ts'
import type { Database } from '../../db/connect.ts'
import { saveSetting } from '../../db/settings.ts'
import type { Desk } from '../../desk.ts'
import type { Id, Platform, Teammate } from '../../domain.ts'
import type { Doorbell, Job } from '../../jobs.ts'
import { sealSecrets } from '../../line.ts'
import type { Live } from '../../live.ts'
import { watchChannels } from '../../metrics/channel-watch.ts'
import { approveReply } from '../../responders/approve.ts'
import { sendReply, settleReply } from '../../responders/send.ts'
import { setGesture } from '../../responders/set-gesture.ts'
import { movableClock } from '../../simulators/clock.ts'
import type { Fault } from '../../simulators/faults.ts'
import { AWAKE } from '../../triage/awake.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { learnFromCorrections } from '../../triage/learnt.ts'
import { findParents } from '../../triage/parents.ts'
import { pollAccount } from '../../triage/poll-account.ts'
import { pollSearch } from '../../triage/search.ts'
import { seeded } from '../../triage/signals/chance.ts'
import { holdStreams } from '../../triage/stream.ts'
import { writeTerm } from '../../triage/term-book.ts'
import { triageMentions } from '../../triage/triage.ts'
import { openVault } from '../../vault.ts'
import { connectAccount } from '../../web/connect-account.ts'
import type { WebDesk } from '../../web/env.ts'
import { startWeb } from '../../web/server.ts'
import { blueskyStation } from './bluesky.ts'
import { type Answered, type Deaf, type Happened, keyOf, type Report, whatIsWrong } from './check.ts'
import { Killed, killSwitch } from './kill-switch.ts'
import { mastodonStation } from './mastodon.ts'
import { metaStation } from './meta.ts'
import { withShortWaits } from './short-waits.ts'
import { type Ours, pick, type Said, type Station } from './station.ts'
import { xStation } from './x.ts'

export interface StormOptions {
  seed: number
  /** How many customers write at least. */
  mentions: number
  /** Empty and migrated. */
  database: Database
  port: number
  onProgress?: (line: string) => void
}

/** What it reports as `wrong` is what was lost, doubled, crossed or hidden: nothing, if all is well. */
export function runStorm(options: StormOptions): Promise<Report> {
  return withShortWaits(WAITS_SHORTER, () => storm(options))
}

async function storm({ seed, mentions, database, port, onProgress = () => {} }: StormOptions): Promise<Report> {
  const clock = movableClock(() => BEGIN)
  const made = await Promise.all([xStation(clock), metaStation(clock), blueskyStation(clock), mastodonStation(clock)])
  const stations = made.map(one => one.station)
  const product = await openProduct(database, port, clock.now)
  const happened: Happened = { said: [], answered: [], deaf: [], unpushed: [], unstreamed: [], own: new Map(), surprises: [], counts: {} }
  const count = (what: string, by = 1) => void (happened.counts[what] = (happened.counts[what] ?? 0) + by)
  try {
    for (const { station, url, appSecrets } of made) await connectAll(product, station, url, appSecrets)
    await listenForWords(product, stations)
    product.hold()
    const story = openStory({ seed, clock, stations, product, happened, count })
    await story.streamsStand()
    await story.work()
    const tempo = seeded(seed)
    const waves = Math.ceil(mentions / MENTIONS_A_WAVE)
    for (let tick = 0; happened.said.length < mentions; tick++) {
      await story.tick(tick % WAVE, Math.ceil((mentions / waves / WAVE) * (0.5 + tempo())))
      if (tick % WAVE === WAVE - 1) onProgress(`${happened.said.length} mentions, ${happened.answered.length} answers`)
    }
    const stormEndedAt = clock.now()
    await story.quiet()
    story.noteOwnWords()
    return await whatIsWrong({ db: database.db, stations, happened, seed, beganAt: BEGIN, stormEndedAt })
  } finally {
    await product.close()
    for (const station of stations) await station.stop()
  }
}

interface Product {
  desk: Desk
  webDesk: WebDesk
  rep: Teammate
  rung: Map<string, Job>
  killSwitch: ReturnType<typeof killSwitch>
  isOn: () => boolean
  switchOn: () => Promise<void>
  switchOff: () => Promise<void>
  /** The process that holds the streams begins, and ends. */
  hold: () => void
  letGo: () => Promise<void>
  close: () => Promise<void>
}

/** Everything of Heed that is no clock and no queue: those are the storm's. */
async function openProduct(database: Database, port: number, now: () => number): Promise<Product> {
  const config: Config = readConfig({ PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, DEMO: 'off', LOG_LEVEL: 'silent' })
  const rung = new Map<string, Job>()
  const live: Live = { tell: () => {}, hear: () => () => {}, close: async () => {} }
  const kill = killSwitch()
  const desk: Desk = {
    db: database.db.withPlugin(kill.plugin),
    now: () => new Date(now()),
    vault: openVault('a secret of the storm, long enough to be one'),
    live,
    log: pino({ level: 'silent' }),
    connectorFor,
    publicUrl: config.publicUrl,
    ring: async job => {
      const { at: _, ...same } = { at: null, ...job }
      rung.set(JSON.stringify(same), job)
    },
  }
  const webSide: Desk = { ...desk, db: database.db }
  const bell = { ring: webSide.ring, counts: async () => ({}), prometheus: async () => '' } as unknown as Doorbell
  const start = () => startWeb({ desk: webSide, database, doorbell: bell, live, close: async () => {} }, config)
  let web: Awaited<ReturnType<typeof startWeb>> | null = await start()
  const rep: Teammate = { id: newId(), name: 'Ana Silva', initials: 'AS', role: 'lead', email: 'ana@heed.test' }
  await database.db.insertInto('teammates').values(rep).execute()
  const switchOff = async () => {
    await web?.close()
    web = null
  }
  let streams: ReturnType<typeof holdStreams> | null = null
  const letGo = async () => {
    await streams?.close()
    streams = null
  }
  return {
    desk,
    webDesk: { ...webSide, config } as WebDesk,
    rep,
    rung,
    killSwitch: kill,
    isOn: () => web !== null,
    switchOn: async () => void (web ??= await start()),
    switchOff,
    hold: () => void (streams ??= holdStreams(webSide, TICK_MS)),
    letGo,
    close: async () => {
      await letGo()
      await switchOff()
    },
  }
}

/** What is said about us by this word, and not to us. */
async function listenForWords({ webDesk, rep }: Product, stations: readonly Station[]) {
  const rows = await webDesk.db.selectFrom('accounts').selectAll().execute()
  for (const { accounts, streams } of stations)
    for (const { externalId } of streams ? accounts : []) {
      const accountId = rows.find(row => row.externalId === externalId)!.id
      const name = streams!.word
      const written = await writeTerm(webDesk, rep.id, { name, anyOf: [name], noneOf: [], languages: [], isActive: true, accountId })
      if (!written.ok) throw new Error(`the word ${name} cannot be listened for`)
    }
}

async function connectAll(product: Product, station: Station, apiBase: string, appSecrets: Record<Platform, Secrets>) {
  const appOf = new Map<Platform, Id>()
  for (const ours of station.accounts) {
    const { platform } = ours
    if (!appOf.has(platform)) {
      const app = { id: newId(), platform, label: 'Storm', apiBase, secrets: sealSecrets(product.desk.vault, appSecrets[platform]!) }
      await insertPlatformApp(product.webDesk.db, app)
      appOf.set(platform, app.id)
    }
    const { problem } = await connect(product, ours, appOf.get(platform)!)
    if (problem) throw new Error(`${platform} ${ours.handle} cannot be connected: ${problem}`)
  }
}

async function connect({ webDesk, rep }: Product, ours: Ours, appId: Id) {
  const { freshSecrets, ...found } = ours
  const app = await getPlatformApp(webDesk.db, appId)
  return connectAccount(webDesk, rep, app, { ...found, secrets: freshSecrets(), tokenExpiresAt: null })
}

interface Scene {
  seed: number
  clock: ReturnType<typeof movableClock>
  stations: Station[]
  product: Product
  happened: Happened
  count: (what: string, by?: number) => void
}

function openStory({ seed, clock, stations, product, happened, count }: Scene) {
  const { desk, rung } = product
  const verbs = {
    readDeliveries: () => readDeliveries(desk),
    triageMentions: () => triageMentions(desk),
    pollAccount: (job: Extract<Job, { name: 'pollAccount' }>) => pollAccount(desk, job.accountId),
    sendReply: (job: Extract<Job, { name: 'sendReply' }>) => sendReply(desk, job.replyId),
    settleReply: (job: Extract<Job, { name: 'settleReply' }>) => settleReply(desk, job.replyId),
    learnFromCorrections: () => learnFromCorrections(desk),
    pollSearch: (job: Extract<Job, { name: 'pollSearch' }>) => pollSearch(desk, job.accountId),
    findParents: (job: Extract<Job, { name: 'findParents' }>) => findParents(desk, job.accountId),
    setGesture: (job: Extract<Job, { name: 'setGesture' }>) => setGesture(desk, job.mentionId, job.gesture),
  }
  /** Accounts whose sign-in died: since when, and in how many ticks somebody notices. */
  const dead = new Map<string, Deaf & { ticks: number }>()
  // Each has chances of its own: how often one is asked must not change what the others do.
  const chance = seeded(seed + 1)
  const reps = seeded(seed + 2)
  const machine = seeded(seed + 3)
  const operator = seeded(seed + 4)
  const lines = seeded(seed + 5)
  let isStormy = true
  let offSince = 0
  let serial = 0

  return { tick, quiet, work, noteOwnWords, streamsStand }

  async function tick(ofWave: number, customers: number) {
    if (ofWave === OFF_AT) await webhooksOff()
    if (!product.isOn() && clock.now() - offSince >= HOUR_MS) await switchOn()
    for (const station of stations) if (chance() < 0.45) weather(station)
    for (const { streams } of stations)
      if (streams && lines() < 0.1) {
        streams.drop()
        count('streams broken')
      }
    const revoked = stations[ofWave - REVOKED_FROM]
    for (let n = 0; n < customers; n++) {
      const station = pick(stations, chance)
      if (revoked && n === Math.floor(customers / 2)) revoke(revoked)
      if (chance() < 0.12 && isPushing(station)) await sayUnheard(station)
      else if (chance() < 0.04 && isPushing(station)) await sayInDisorder(station)
      else say(station)
      if (chance() < 0.12) changeTheirMind()
    }
    await settlePushes()
    for (let n = 0; n < 3; n++) await answer()
    await operate()
    await work()
    noteOwnWords()
    await pass(MINUTE_MS * (3 + 7 * chance()))
  }

  function say(station: Station, isLost = false) {
    happened.said.push(station.say(seeded(seed * 1_000 + serial), wordsOf(), isLost))
    clock.advance(500)
  }

  function wordsOf() {
    serial++
    return `${COMPLAINTS[(seed + serial) % COMPLAINTS.length]} (M${serial})`
  }

  async function sayUnheard(station: Station) {
    await station.pushes!.settle()
    station.clearFaults()
    station.setFault({ kind: 'push-drop', times: 5 })
    say(station, true)
    await station.pushes!.settle()
    station.clearFaults()
    count('pushes lost')
  }

  /** A platform that mixes up three pushes has to have three: customers write until it has. */
  async function sayInDisorder(station: Station) {
    await station.pushes!.settle()
    station.setFault({ kind: 'push-reorder', times: 3 })
    for (let n = 0; n < 15 && station.faults().some(one => one.kind === 'push-reorder'); n++) {
      say(station)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    count('pushes in disorder')
  }

  function changeTheirMind() {
    const recent = happened.said.slice(-60).filter(one => !one.removed)
    if (!recent.length) return
    const one: Said = pick(recent, chance)
    if (chance() < 0.6) {
      if (!one.edit) return
      one.words = wordsOf()
      one.edit(one.words)
      one.isEdited = true
      count('edits')
    } else if (one.remove) {
      one.removed = one.remove()
      count(one.removed === 'told' ? 'removals told' : 'removals untold')
    }
  }

  function weather(station: Station) {
    const fault = faultFor(station)
    station.setFault(fault)
    count(`fault ${fault.kind}${'bare' in fault && fault.bare ? ' bare' : ''}`)
  }

  function faultFor(station: Station): Fault {
    const path = station.readPath
    const send = { method: 'POST', path: pick(station.sendPaths, chance) }
    const times = 1 + Math.floor(chance() * 3)
    const kinds: Fault[] = [
      { kind: 'rate-limited', path, times, resetInMs: 15 * MINUTE_MS },
      { kind: 'rate-limited', path, times, bare: true },
      { kind: 'rate-limited', ...send, times },
      { kind: 'server-error', path, times, status: pick([500, 503, 504], chance) },
      { kind: 'server-error', ...send, times },
      { kind: 'html-502', path, times },
      { kind: 'html-502', ...send, times },
      { kind: 'cut-body', path, method: 'GET', times },
      { kind: 'cut-body', ...send, times: 1 },
      { kind: 'dropped', path, times },
      { kind: 'accepted-then-dropped', ...send, times: 1 },
      { kind: 'accepted-then-dropped', ...send, times: 2 },
      { kind: 'never-answers', method: 'GET', path, times: 1 },
      { kind: 'never-answers', ...send, times: 1 },
      ...(station.pushes
        ? ([
            { kind: 'push-duplicate', times: 3 },
            { kind: 'push-duplicate', times: 1 },
            { kind: 'push-delay', ms: 20 },
            { kind: 'push-bad-signature' },
          ] satisfies Fault[])
        : []),
    ]
    return pick(kinds, chance)
  }

  async function webhooksOff() {
    await settlePushes()
    await product.switchOff()
    for (const station of stations) {
      station.clearFaults()
      await station.pushes?.switchOff()
    }
    await product.letGo()
    offSince = clock.now()
    for (const station of stations)
      if (station.pushes)
        for (const { externalId } of station.accounts) happened.unpushed.push({ account: externalId, from: offSince, until: null })
    count('hours without webhooks')
  }

  async function switchOn() {
    await product.switchOn()
    for (const { streams, accounts } of stations)
      if (streams) happened.unstreamed.push({ platform: accounts[0]!.platform, from: offSince, until: clock.now() })
    product.hold()
  }

  /** A process begun anew connects at once, however long the old one would have waited. */
  async function streamsStand() {
    await product.letGo()
    product.hold()
    await soon('the streams do not stand', async () => stations.every(({ streams }) => streams === undefined || streams.isOpen()))
  }

  /** The streams live on real time: this waits for them, and says what did not come. */
  async function soon(otherwise: string, isSo: () => Promise<boolean>) {
    for (let n = 0; n < 500; n++) {
      if (await isSo()) return
      await new Promise(resolve => setTimeout(resolve, TICK_MS))
    }
    happened.surprises.push(otherwise)
  }

  function noteOwnWords() {
    for (const station of stations) for (const one of station.ownWords()) happened.own.set(keyOf(one.account, one.id), one)
  }

  /** The product's own doing: it asks, and subscribes again. */
  function noteSubscribed() {
    for (const { pushes, accounts } of stations)
      for (const account of accounts) {
        const open = happened.unpushed.find(one => one.account === account.externalId && one.until === null)
        if (open && pushes?.isPushed(account)) open.until = clock.now()
      }
  }

  function isPushing({ pushes, accounts }: Station): boolean {
    return product.isOn() && pushes !== undefined && accounts.every(account => pushes.isPushed(account))
  }

  function revoke(station: Station) {
    const account = pick(station.accounts, chance)
    station.revoke(account)
    count('sign-ins revoked')
    if (!station.diesAtOnce) return
    for (const one of station.ownedWith(account))
      dead.set(one.externalId, { account: one.externalId, platform: one.platform, from: clock.now(), until: 0, ticks: 0 })
  }

  /** Somebody signs in again, some time after the account asked for it. */
  async function operate(atOnce = false) {
    const rows = await product.webDesk.db.selectFrom('accounts').selectAll().where('status', '=', 'reconnect').execute()
    for (const row of rows) {
      const known = dead.get(row.externalId) ?? { account: row.externalId, platform: row.platform, from: clock.now(), until: 0, ticks: 0 }
      dead.set(row.externalId, known)
      if (!atOnce && ++known.ticks < 4 + 3 * operator()) continue
      const ours = stations.flatMap(station => station.accounts).find(one => one.externalId === row.externalId)!
      await connect(product, ours, row.appId)
      happened.deaf.push({ account: known.account, platform: known.platform, from: known.from, until: clock.now() })
      dead.delete(row.externalId)
      count('sign-ins renewed')
    }
  }

  async function answer() {
    const waiting = await product.webDesk.db
      .selectFrom('tickets as t')
      .innerJoin('mentions as m', 'm.id', 't.latestMentionId')
      .innerJoin('accounts as a', 'a.id', 't.accountId')
      .select(['t.id', 't.revision', 'm.visibility', 'a.externalId as account', 'a.platform'])
      .where('t.waitingSince', 'is not', null)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('replies as r')
              .select('r.id')
              .whereRef('r.ticketId', '=', 't.id')
              .where('r.status', 'in', ['approved', 'sending', 'unsure']),
          ),
        ),
      )
      .orderBy('m.postedAt')
      .orderBy('m.externalId')
      .limit(40)
      .execute()
    if (!waiting.length) return
    const { id, revision, visibility, account, platform } = pick(waiting, reps)
    const token = `A${happened.answered.length + 1}.`
    const approval = await approveReply(desk, {
      ticketId: id,
      teammateId: product.rep.id,
      text: `Sorry about this, we are looking into it. ${token}`,
      visibility,
      role: 'answer',
      revision,
      idempotencyKey: newId(),
      afterSending: reps() < 0.5 ? 'pending' : 'open',
    })
    if (!approval.ok) return count(`approvals stopped: ${approval.reason === 'blocked' ? approval.problems[0]!.kind : approval.reason}`)
    const answered: Answered = { token, account, platform, replyId: approval.replies[0]!.id }
    happened.answered.push(answered)
  }

  async function settlePushes() {
    if (product.isOn()) for (const station of stations) await station.pushes?.settle()
  }

  /** The clock's rings, and then every job that is due. */
  async function work() {
    // A killed process keeps its lease for half a minute of real time; here that has passed since the last job.
    await product.webDesk.db.deleteFrom('leases').execute()
    await ringDue(desk)
    await sweep(desk)
    await watchChannels(desk)
    for (let n = 0; n < MOST_JOBS; n++) {
      const next = [...rung].find(([, job]) => !('at' in job) || job.at.getTime() <= clock.now())
      if (!next) return
      rung.delete(next[0])
      await serve(next[1])
      noteSubscribed()
    }
    happened.surprises.push(`the bell did not stop ringing: ${[...rung.keys()].slice(0, 3).join(', ')}`)
  }

  async function serve(job: Job) {
    const verb = verbs[job.name] as (job: Job) => Promise<void>
    const luck = isStormy ? machine() : 1
    if (luck < 0.04) return killedInTheMiddle(verb, job)
    const runs = luck < 0.1 ? [verb(job), verb(job)] : [verb(job)]
    if (runs.length > 1) count('jobs run twice at once')
    for (const run of await Promise.allSettled(runs))
      if (run.status === 'rejected') happened.surprises.push(`${job.name}: ${(run.reason as Error).stack ?? run.reason}`)
  }

  async function killedInTheMiddle(verb: (job: Job) => Promise<void>, job: Job) {
    product.killSwitch.arm(Math.floor(machine() * 25))
    try {
      await verb(job)
    } catch (error) {
      if (!(error instanceof Killed)) throw error
    } finally {
      if (product.killSwitch.disarm()) count('jobs killed')
    }
  }

  /** A web process that is there was there all the time that went by. */
  async function pass(ms: number) {
    clock.advance(Math.floor(ms))
    if (product.isOn()) await saveSetting(product.webDesk.db, AWAKE, { until: new Date(clock.now()).toISOString() }, new Date(clock.now()))
  }

  /** The faults are over: time goes on until there is nothing left to do. */
  async function quiet() {
    isStormy = false
    for (const station of stations) station.clearFaults()
    await (product.isOn() ? product.switchOn() : switchOn())
    await streamsStand()
    const since = clock.now()
    for (let round = 0; round < MOST_ROUNDS; round++) {
      await pass(10 * MINUTE_MS)
      await operate(true)
      await settlePushes()
      await work()
      if ((await listUnquiet(since)).length) continue
      for (const one of dead.values())
        happened.surprises.push(`nobody noticed that the sign-in of ${one.platform} ${one.account} was revoked`)
      return
    }
    happened.surprises.push(`it does not become quiet: ${(await listUnquiet(since)).join('; ')}`)
  }

  async function listUnquiet(since: number): Promise<string[]> {
    const db = product.webDesk.db
    const accounts = await db.selectFrom('accounts').selectAll().execute()
    const deliveries = await db.selectFrom('deliveries').select('source').where('status', '=', 'waiting').execute()
    const mentions = await db.selectFrom('mentions').select(['platform', 'externalId']).where('state', '=', 'waiting').execute()
    const replies = await db.selectFrom('replies').selectAll().where('status', 'in', ['approved', 'sending', 'unsure']).execute()
    const streams = await db
      .selectFrom('coverageSpans')
      .select(['source', eb => eb.fn.max('untilAt').as('untilAt'), sql<boolean>`bool_or(state = 'open')`.as('isOpen')])
      .where('source', 'like', 'stream:%')
      .groupBy(['accountId', 'source'])
      .execute()
    const isHeard = ({ status, inTrouble, lastPollAt }: AccountRow) =>
      status === 'connected' && inTrouble === null && (lastPollAt?.getTime() ?? 0) > since + 40 * MINUTE_MS
    return [
      ...accounts.filter(one => !isHeard(one)).map(one => `${one.platform} ${one.handle} is ${one.status}: ${one.lastError}`),
      // They live on real time: one may have broken just now, and the next search repairs it.
      ...streams.filter(one => one.isOpen || one.untilAt.getTime() < since).map(one => `the ledger of ${one.source} is behind`),
      ...deliveries.map(one => `a delivery of ${one.source} is not read`),
      ...mentions.map(one => `${one.platform} ${one.externalId} is not judged`),
      // What only a person can decide is at its end.
      ...replies
        .filter(one => one.status !== 'unsure' || one.nextReadBackAt !== null)
        .map(one => `the answer ${one.id} is ${one.status}: ${one.problem}`),
    ]
  }
}

const BEGIN = Date.parse('2026-03-02T09:00:00Z')
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A wave has each platform's sign-in revoked once, and once an hour without webhooks. */
const WAVE = 24
const MENTIONS_A_WAVE = 300
const REVOKED_FROM = 4
const OFF_AT = 9
const MOST_JOBS = 2_000
const MOST_ROUNDS = 30
const WAITS_SHORTER = 20
/** Too short to be made shorter. */
const TICK_MS = 20

const COMPLAINTS = [
  'My parcel never came and nobody answers the phone',
  'The app crashes whenever I open my booking',
  'I was charged twice for the same ticket',
  'How do I change the name on my reservation?',
  'Your website is down again',
  'My suitcase is broken and I want my money back',
  'I cannot log in since this morning',
  'Thank you for the lovely flight yesterday',
  'When does the counter in the harbour open?',
  'Third time I ask: where is my refund?',
]
