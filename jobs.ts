// The doorbell: job names and payloads, ring(), startWorker(); the only file that imports BullMQ.
import { type ConnectionOptions, createPostgresBackend, type JobsOptions, Queue, runMigrations, Worker, withBackend } from 'bullmq'
import { Redis } from 'ioredis'
import type pg from 'pg'
import type { Id } from './domain.ts'

/** A job only says which work waits; the rows say what it is. */
export type Job =
  | { name: 'readDeliveries' }
  | { name: 'triageMentions' }
  | { name: 'pollAccount'; accountId: Id }
  | { name: 'sendReply'; replyId: Id; at: Date }
  | { name: 'settleReply'; replyId: Id }
  | { name: 'learnFromCorrections' }
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

/** Batches of one verb that may run at the same moment, over all worker processes. */
const LANES = 2
const QUEUE = 'heed'

export async function openDoorbell(how: {
  redisUrl?: string | undefined
  pool: pg.Pool
  onProblem: (error: Error) => void
}): Promise<Doorbell> {
  const backend = how.redisUrl ? redisBackend(how.redisUrl, how.onProblem) : await postgresBackend(how.pool)
  const queue = backend.queue()
  queue.on('error', how.onProblem)
  const closers: (() => Promise<void>)[] = []
  let lane = 0
  // One ring of each kind is under way at a time; what comes meanwhile is one more ring after it.
  const underWay = new Map<string, Promise<void>>()
  const again = new Set<string>()

  async function ring(job: Job) {
    if (job.name !== 'readDeliveries' && job.name !== 'triageMentions') return add(job, keyOf(job))
    const key = job.name
    if (underWay.has(key)) {
      again.add(key)
      return underWay.get(key)
    }
    const rung = add(job, `${key}.${lane++ % LANES}`).finally(async () => {
      underWay.delete(key)
      if (again.delete(key)) await ring(job)
    })
    underWay.set(key, rung)
    return rung
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
      await Promise.all(closers.map(close => close()))
      await queue.close()
      await backend.close()
    },
  }
}

function keyOf(job: Job): string {
  if (job.name === 'pollAccount') return `${job.name}.${job.accountId}`
  if (job.name === 'sendReply') return `${job.name}.${job.replyId}.${job.at.getTime()}`
  if (job.name === 'settleReply') return `${job.name}.${job.replyId}`
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
