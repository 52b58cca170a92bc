// The doorbell: job names and payloads, ring(), startWorker(); the only file that imports BullMQ.
import { type ConnectionOptions, createPostgresBackend, type JobsOptions, Queue, runMigrations, Worker, withBackend } from 'bullmq'
import { Redis } from 'ioredis'
import type pg from 'pg'
import type { Gesture, Id } from './domain.ts'

/** A job only says which work waits; the rows say what it is. */
export type Job =
  | { name: 'readDeliveries' }
  | { name: 'triageMentions' }
  | { name: 'pollAccount'; accountId: Id }
  | { name: 'sendReply'; replyId: Id; at: Date }
  | { name: 'settleReply'; replyId: Id }
  | { name: 'learnFromCorrections' }
  | { name: 'pollSearch'; accountId: Id }
  | { name: 'findParents'; accountId: Id }
  | { name: 'setGesture'; mentionId: Id; gesture: Gesture }
export type JobName = Job['name']
export type Verbs = { [N in JobName]: (job: Extract<Job, { name: N }>) => Promise<void> }

export interface Doorbell {
  /** After the commit. Ringing twice is ringing once; a lost ring is rung again by the sweep. @throws when the queue does not answer in 5 s */
  ring: (job: Job) => Promise<void>
  /** Jobs the queue knows of, by state: for /metrics and /healthz. */
  counts: () => Promise<Record<string, number>>
  prometheus: () => Promise<string>
  startWorker: (verbs: Verbs, options: WorkerOptions) => { close: () => Promise<void> }
  close: () => Promise<void>
}
export interface WorkerOptions {
  concurrency: number
  /** A verb threw: it is tried again, and what it left is rung for by the sweep. */
  onFault: (name: string, error: Error) => void
}

/**
 * How the bell of a batch verb gathers. `lanes`: batches of one verb that may run at the same moment, over all worker processes.
 * `gatherMs`: the first ring goes out at once, what comes within this time of it is one more ring at its end.
 * The embedded database has one session and this process's one thread: a batch of one mention costs there what a batch of twenty does, and
 * whoever writes one mention after the other (a replay, a talk) would have a batch for each. The pause is the pages' time too.
 */
const GATHERING = { servers: { lanes: 2, gatherMs: 0 }, embedded: { lanes: 1, gatherMs: 250 } }
const QUEUE = 'heed'

export async function openDoorbell(how: {
  redisUrl?: string | undefined
  pool: pg.Pool
  isEmbedded?: boolean | undefined
  onProblem: (error: Error) => void
}): Promise<Doorbell> {
  const backend = how.redisUrl ? redisBackend(how.redisUrl, how.onProblem) : await postgresBackend(how.pool)
  const queue = backend.queue()
  queue.on('error', how.onProblem)
  const closers: (() => Promise<void>)[] = []
  const { lanes, gatherMs } = GATHERING[how.isEmbedded ? 'embedded' : 'servers']
  let lane = 0
  let isClosing = false
  // One ring of each kind is under way or gathers at a time; what comes meanwhile is one more ring after it.
  const gathering = new Map<string, { rung: Promise<void>; isMoreToCome: boolean; timer?: NodeJS.Timeout }>()

  async function ring(job: Job) {
    if (job.name !== 'readDeliveries' && job.name !== 'triageMentions') return add(job, keyOf(job))
    const before = gathering.get(job.name)
    if (before) {
      before.isMoreToCome = true
      return before.rung
    }
    const current = { rung: add(job, `${job.name}.${lane++ % lanes}`), isMoreToCome: false, timer: undefined as NodeJS.Timeout | undefined }
    gathering.set(job.name, current)
    const end = () => {
      gathering.delete(job.name)
      // Nobody waits for this one; the sweep rings again where it fails.
      if (current.isMoreToCome && !isClosing) answered(ring(job)).catch(how.onProblem)
    }
    await current.rung.finally(() => {
      if (gatherMs) current.timer = setTimeout(end, gatherMs)
      else end()
    })
  }

  async function add(job: Job, id: string) {
    const { name, ...payload } = job
    const options: JobsOptions = {
      // While a ring of this id waits, another adds nothing; while it is being served, one more is kept for afterwards.
      deduplication: { id, keepLastIfActive: true },
      removeOnComplete: true,
      removeOnFail: true,
      attempts: 3,
      backoff: { type: 'exponential', delay: 500 },
      ...(job.name === 'sendReply' ? { delay: Math.max(0, job.at.getTime() - Date.now()) } : {}),
    }
    await queue.add(name, payload, options)
  }

  return {
    ring: job => answered(ring(job)),
    counts: () => queue.getJobCounts('waiting', 'active', 'delayed', 'failed'),
    prometheus: () => queue.exportPrometheusMetrics(),
    startWorker(verbs, options) {
      const worker = backend.worker(async job => {
        const verb = verbs[job.name as JobName] as ((job: unknown) => Promise<void>) | undefined
        if (!verb) throw new Error(`no verb for the job ${job.name}`)
        const payload = job.data as Record<string, unknown>
        await verb({ ...payload, ...(payload.at ? { at: new Date(payload.at as string) } : {}), name: job.name })
      }, options.concurrency)
      worker.on('failed', (job, error) => options.onFault(job?.name ?? 'unknown', error))
      worker.on('error', how.onProblem)
      closers.push(() => worker.close())
      return { close: () => worker.close() }
    },
    async close() {
      isClosing = true
      for (const { timer } of gathering.values()) clearTimeout(timer)
      await Promise.all(closers.map(close => close()))
      await queue.close()
      await backend.close()
    },
  }
}

function keyOf(job: Job): string {
  if (job.name === 'pollAccount' || job.name === 'pollSearch' || job.name === 'findParents') return `${job.name}.${job.accountId}`
  if (job.name === 'sendReply') return `${job.name}.${job.replyId}.${job.at.getTime()}`
  if (job.name === 'settleReply') return `${job.name}.${job.replyId}`
  if (job.name === 'setGesture') return `${job.name}.${job.mentionId}.${job.gesture}`
  return job.name
}

/** A queue that is away keeps nobody waiting: the rows are stored, and the sweep rings again. */
async function answered(rung: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('the queue does not answer')), RING_MS)
  try {
    await Promise.race([rung, promise])
  } finally {
    clearTimeout(timer)
  }
}

type Run = (job: { name: string; data: unknown }) => Promise<void>

function redisBackend(url: string, onProblem: (error: Error) => void) {
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  connection.on('error', onProblem)
  const shared = { connection: connection as unknown as ConnectionOptions }
  return {
    queue: () => new Queue(QUEUE, shared),
    worker: (run: Run, concurrency: number) => new Worker(QUEUE, run, { ...shared, concurrency, ...LOCK }),
    close: async () => connection.disconnect(),
  }
}

async function postgresBackend(pool: pg.Pool) {
  const client = await pool.connect()
  try {
    await runMigrations(client)
  } finally {
    client.release()
  }
  const Backed = withBackend(createPostgresBackend)
  const shared = { connection: pool }
  return {
    queue: () => new Backed.Queue(QUEUE, shared),
    worker: (run: Run, concurrency: number) => new Backed.Worker(QUEUE, run, { ...shared, concurrency, ...LOCK }),
    close: async () => {},
  }
}

const RING_MS = 5_000
/** A worker that dies is noticed after this long, and its ring given to another. */
const LOCK = { lockDuration: 15_000, stalledInterval: 5_000 }
