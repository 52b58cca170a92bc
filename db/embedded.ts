// The embedded database: PGlite in this process, with real fsync, a lock on its folder, and one transaction per caller.
import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { fsyncSync, mkdirSync, realpathSync, unlinkSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite, type PGliteInterface, type Transaction, types } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { type CompiledQuery, type DatabaseConnection, type Driver, PGliteDialect, type QueryResult } from 'kysely'

export interface EmbeddedOptions {
  /** Folder; undefined: in memory (tests). */
  dir?: string | undefined
  /** fsync each commit; off is faster and can lose the last seconds in a power cut. */
  syncToDisk: boolean
  /** A dump to start from instead of an empty database (tests). */
  snapshot?: Blob | undefined
}

/** @throws when another process holds the folder. */
export async function openEmbedded(options: EmbeddedOptions): Promise<{ lite: PGlite; close: () => Promise<void> }> {
  if (!options.dir) {
    const lite = await PGlite.create({
      ...FAST_BYTES,
      startParams: startParams(false),
      ...(options.snapshot ? { loadDataDir: options.snapshot } : {}),
    })
    return { lite, close: () => lite.close() }
  }
  mkdirSync(options.dir, { recursive: true, mode: 0o700 })
  const unlock = await lockFolder(options.dir)
  const fs = options.syncToDisk ? new SyncedFS(options.dir) : new NodeFS(options.dir)
  try {
    const lite = await PGlite.create({ ...FAST_BYTES, fs, startParams: startParams(options.syncToDisk) })
    return {
      lite,
      close: async () => {
        await lite.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

/**
 * Kysely's PGliteDialect keeps one transaction slot for all callers: a second `transaction()` begun while the first is open
 * takes over its commit and both hang, and a plain query of somebody else runs inside it. Here every caller holds its own.
 */
export class EmbeddedDialect extends PGliteDialect {
  readonly #lite: PGlite
  constructor(lite: PGlite) {
    super({ pglite: lite })
    this.#lite = lite
  }
  override createDriver(): Driver {
    const lite = this.#lite
    return {
      init: async () => {},
      acquireConnection: async () => new EmbeddedConnection(lite),
      beginTransaction: connection => (connection as EmbeddedConnection).begin(),
      commitTransaction: connection => (connection as EmbeddedConnection).end(true),
      rollbackTransaction: connection => (connection as EmbeddedConnection).end(false),
      releaseConnection: async () => {},
      destroy: async () => {},
    }
  }
}

class EmbeddedConnection implements DatabaseConnection {
  #tx: Transaction | undefined
  #finish: ((commit: boolean) => void) | undefined
  #finished: Promise<unknown> | undefined
  constructor(readonly lite: PGlite) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // A statement runs within this thread, and a transaction of theirs would else be one long breath: requests are heard in between.
    await new Promise(setImmediate)
    const result = await (this.#tx ?? this.lite).query<R>(query.sql, [...query.parameters])
    return { rows: result.rows, numAffectedRows: BigInt(result.affectedRows ?? result.rows.length) }
  }
  // biome-ignore lint/correctness/useYield: the interface asks for a generator
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('the embedded database cannot stream rows')
  }
  async begin() {
    const begun = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<boolean>()
    this.#finish = ended.resolve
    this.#finished = this.lite.transaction(async tx => {
      this.#tx = tx
      begun.resolve()
      if (!(await ended.promise)) await tx.rollback()
    })
    this.#finished.catch(begun.reject)
    await begun.promise
  }
  async end(commit: boolean) {
    this.#finish?.(commit)
    try {
      await this.#finished
    } finally {
      this.#tx = this.#finish = this.#finished = undefined
    }
  }
}

/** The part of `pg.Pool` that BullMQ's PostgreSQL backend uses, over the one embedded session. */
export function poolOver(lite: PGliteInterface) {
  const ask = async (session: Pick<Transaction, 'query'>, text: string, params: readonly unknown[] = []) => {
    const result = await session.query(text, [...params])
    return { rows: result.rows, rowCount: result.affectedRows ?? result.rows.length }
  }
  const query = async (text: string, params?: readonly unknown[]) => {
    if (params?.length || !/;\s*\S/.test(text)) return ask(lite, text, params)
    await lite.exec(text)
    return { rows: [] as unknown[], rowCount: 0 }
  }
  // A bell that a power cut swallows is rung again by the sweep: its commits need not wait for the disk, which is most of what they cost.
  const queryUnsynced = (text: string, params?: readonly unknown[]) =>
    lite.transaction(async tx => {
      await tx.exec('set local synchronous_commit = off')
      return ask(tx, text, params)
    })
  class Client extends EventEmitter {
    #unlisten: (() => Promise<void>)[] = []
    async query(text: string, params?: readonly unknown[]) {
      const channel = LISTEN.exec(text.replace(/--.*$/gm, ''))?.[1]
      if (!channel) return query(text, params)
      this.#unlisten.push(await lite.listen(channel, payload => this.emit('notification', { channel, payload })))
      return { rows: [] as unknown[], rowCount: 0 }
    }
    release() {
      for (const unlisten of this.#unlisten.splice(0)) void unlisten()
    }
  }
  return Object.assign(new EventEmitter(), {
    options: { keepAlive: true },
    query: queryUnsynced,
    connect: async () => new Client(),
    end: async () => {},
  })
}
/** PGlite writes and reads bytea a byte at a time; Node's own hex is some twenty times as fast, and every delivery passes here. */
const FAST_BYTES = {
  serializers: {
    [types.BYTEA]: (bytes: Uint8Array) => `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`,
  },
  parsers: { [types.BYTEA]: (hex: string) => new Uint8Array(Buffer.from(hex.slice(2), 'hex')) },
}
const LISTEN = /^\s*listen\s+"?(\w+)"?/im

/** PGlite's folder without fsync (upstream issue 1107): this hands each fsync of the database on to the disk. */
class SyncedFS extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>) {
    const result = await super.init(...args)
    result.emscriptenOpts.preRun!.push(module => {
      const nodefs = (module as unknown as { NODEFS: { stream_ops: Record<string, unknown> } }).NODEFS
      nodefs.stream_ops.fsync = (stream: { nfd?: number }) => {
        if (stream.nfd != null) fsyncSync(stream.nfd)
        return 0
      }
    })
    return result
  }
}

function startParams(syncToDisk: boolean) {
  const params = [...PGlite.defaultStartParams].filter(param => !(syncToDisk && param === '-F'))
  if (syncToDisk) params.push('-c', 'wal_sync_method=fsync')
  // BullMQ keeps its tables in a schema of its own; on the one session both must be found.
  return [...params, '-c', 'search_path=public,bullmq']
}

/** Two processes in one folder destroy it (upstream issue 1106). A socket is let go even by kill -9. */
function lockFolder(dir: string): Promise<() => void> {
  const path = join(tmpdir(), `heed-${createHash('sha256').update(realpathSync(dir)).digest('hex').slice(0, 24)}.sock`)
  const { promise, resolve, reject } = Promise.withResolvers<() => void>()
  const server = createServer().unref()
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') return reject(error)
    connect(path)
      .on('connect', () =>
        reject(new Error(`${dir} is in use: another Heed is running on it. Stop that one, or set DATA_DIR to another folder.`)),
      )
      .on('error', () => {
        unlinkSync(path)
        server.listen(path)
      })
  })
  server.listen(path, () => resolve(() => server.close()))
  return promise
}
