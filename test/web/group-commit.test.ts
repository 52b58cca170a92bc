// The batcher at the door: who waits shares a commit, and one bad item refuses nobody else.
import { expect, test } from 'vitest'
import { groupCommit } from '../../web/group-commit.ts'

const LIMITS = {
  maxItems: 10,
  maxBytes: 1000,
  maxWaitingBytes: 10_000,
  bytesOf: (item: string) => item.length,
  parallel: 1,
  secondAt: 100,
}

/** A write that ends when told to. */
function slowWrite() {
  const batches: { items: string[]; end: (error?: Error) => void }[] = []
  const write = (items: string[]) =>
    new Promise<void>((resolve, reject) => batches.push({ items, end: error => (error ? reject(error) : resolve()) }))
  return { batches, write }
}
const turn = () => new Promise(resolve => setTimeout(resolve, 5))

test('what arrives while a write is under way goes out together in the next one', async () => {
  const { batches, write } = slowWrite()
  const add = groupCommit(write, LIMITS)
  const first = add('a')
  await turn()
  const others = ['b', 'c', 'd'].map(add)
  await turn()
  expect(batches.map(batch => batch.items)).toEqual([['a']])
  batches[0]!.end()
  await first
  await turn()
  expect(batches[1]!.items).toEqual(['b', 'c', 'd'])
  batches[1]!.end()
  await Promise.all(others)
})

test('nobody is told of a commit before it has happened', async () => {
  const { batches, write } = slowWrite()
  const add = groupCommit(write, LIMITS)
  let told = false
  const added = add('a').then(() => (told = true))
  await turn()
  expect(told).toBe(false)
  batches[0]!.end()
  await added
})

test('a batch is cut at its number of items and at its bytes, and one large item still goes alone', async () => {
  const batches: string[][] = []
  const add = groupCommit(async items => void batches.push(items), { ...LIMITS, maxItems: 3, maxBytes: 10 })
  await Promise.all(['1', '2', '3', '4', 'x'.repeat(50), '123456', '123456'].map(add))
  expect(batches.map(batch => batch.map(item => item.length))).toEqual([[1, 1, 1], [1], [50], [6], [6]])
})

test('a second write begins beside the first only when enough wait', async () => {
  const { batches, write } = slowWrite()
  const add = groupCommit(write, { ...LIMITS, parallel: 2, secondAt: 3 })
  void add('a')
  await turn()
  void add('b')
  void add('c')
  await turn()
  expect(batches.length).toBe(1)
  void add('d')
  await turn()
  expect(batches.map(batch => batch.items)).toEqual([['a'], ['b', 'c', 'd']])
})

test('one bad item is refused alone, and its neighbours are stored', async () => {
  const stored: string[] = []
  const add = groupCommit(async items => {
    if (items.includes('bad')) throw new Error('this one is bad')
    stored.push(...items)
  }, LIMITS)
  const outcomes = await Promise.allSettled(['a', 'bad', 'b'].map(add))
  expect(outcomes.map(one => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(stored).toEqual(['a', 'b'])
})

test('a database that is away refuses the whole batch after a few tries', async () => {
  let tries = 0
  const add = groupCommit(
    async () => {
      tries++
      throw new Error('away')
    },
    { ...LIMITS, maxItems: 100 },
  )
  const outcomes = await Promise.allSettled(Array.from({ length: 100 }, (_, i) => add(String(i))))
  expect(outcomes.every(one => one.status === 'rejected')).toBe(true)
  expect(tries).toBe(6)
})

test('beyond the bytes that may wait the newest are refused at once', async () => {
  const { batches, write } = slowWrite()
  const add = groupCommit(write, { ...LIMITS, maxWaitingBytes: 8 })
  const first = add('12345')
  await expect(add('67890')).rejects.toThrow('already wait')
  await turn()
  batches[0]!.end()
  await first
  const next = add('67890')
  await turn()
  batches[1]!.end()
  await next
})
