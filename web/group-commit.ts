// Lets everybody who waits share one commit: while one write is under way, the others gather for the next.

export interface GroupCommitLimits<T> {
  maxItems: number
  maxBytes: number
  bytesOf: (item: T) => number
  /** Writes under way at the same moment, at most. */
  parallel: number
  /** So many must wait before a write begins beside another: on a slow disk, few large commits beat many small ones. */
  secondAt: number
  /** Beyond this the newest are refused at once: a database that hangs must not fill the memory. */
  maxWaitingBytes: number
}

/**
 * `add` resolves once the item's write is committed, and rejects with the write's own error when it is not.
 * A write that fails is tried again item by item, so that one bad item does not refuse its neighbours.
 */
export function groupCommit<T>(write: (items: T[]) => Promise<void>, limits: GroupCommitLimits<T>): (item: T) => Promise<void> {
  let waiting: Waiting<T>[] = []
  let waitingBytes = 0
  let underWay = 0
  return item => {
    if (waiting.length && waitingBytes + limits.bytesOf(item) > limits.maxWaitingBytes)
      return Promise.reject(new Error(`${waiting.length} items (${waitingBytes} bytes) already wait for a commit`))
    waitingBytes += limits.bytesOf(item)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    waiting.push({ item, resolve, reject })
    // Not at once: whatever else arrived in this turn of the loop belongs to the same write.
    if (waiting.length === 1 || waiting.length === limits.secondAt) setImmediate(flush)
    return promise
  }

  function flush() {
    while (waiting.length >= (underWay ? limits.secondAt : 1) && underWay < limits.parallel) {
      const batch = takeBatch()
      underWay++
      void settle(write, batch).finally(() => {
        underWay--
        flush()
      })
    }
  }

  function takeBatch(): Waiting<T>[] {
    let bytes = 0
    let count = 0
    while (count < Math.min(waiting.length, limits.maxItems)) {
      bytes += limits.bytesOf(waiting[count]!.item)
      if (count > 0 && bytes > limits.maxBytes) break
      count++
    }
    const batch = waiting.slice(0, count)
    waiting = waiting.slice(count)
    for (const { item } of batch) waitingBytes -= limits.bytesOf(item)
    return batch
  }
}

async function settle<T>(write: (items: T[]) => Promise<void>, batch: Waiting<T>[]): Promise<void> {
  const error = await attempt(write, batch)
  if (!error) return
  if (batch.length === 1) return batch[0]!.reject(error)
  let refusedInARow = 0
  for (const [at, one] of batch.entries()) {
    const refused = await attempt(write, [one])
    if (refused) one.reject(refused)
    refusedInARow = refused ? refusedInARow + 1 : 0
    // Then it is the database, not the items: nobody should wait for hundreds of further failures.
    if (refusedInARow < GIVE_UP_AFTER) continue
    for (const other of batch.slice(at + 1)) other.reject(refused)
    return
  }
}

/** What went wrong, or nothing: then everybody has been told. */
async function attempt<T>(write: (items: T[]) => Promise<void>, batch: Waiting<T>[]): Promise<unknown> {
  try {
    await write(batch.map(one => one.item))
  } catch (error) {
    return error ?? new Error('the write failed without saying why')
  }
  for (const one of batch) one.resolve()
}

interface Waiting<T> {
  item: T
  resolve: () => void
  reject: (reason: unknown) => void
}

const GIVE_UP_AFTER = 5
