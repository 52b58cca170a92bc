// Only so many at once, and only some of one person's.
import { expect, test } from 'vitest'
import { turns } from '../../web/turns.ts'

const staying = new AbortController().signal
/** Has it come to anything by the end of this turn of the loop? */
const state = (promise: Promise<unknown>) =>
  Promise.race([promise.then(value => (value === null ? 'refused' : 'has it')), new Promise(later => setImmediate(later, 'waits'))])

test('no more than its share goes to one person, and others are not held up by whoever waits before them', async () => {
  const row = turns({ atOnce: 3, each: 2, waiting: 10 })
  const ana = [row.take('ana', staying), row.take('ana', staying), row.take('ana', staying)]
  const ben = row.take('ben', staying)
  expect(await Promise.all([...ana, ben].map(state))).toEqual(['has it', 'has it', 'waits', 'has it'])
})

test('a turn given back goes to the first who may have it', async () => {
  const row = turns({ atOnce: 2, each: 1, waiting: 10 })
  const first = (await row.take('ana', staying))!
  await row.take('ben', staying)
  const [again, cleo] = [row.take('ana', staying), row.take('cleo', staying)]
  first()
  expect(await Promise.all([again, cleo].map(state))).toEqual(['has it', 'waits'])
})

test('whoever leaves gives up the place, and a row that is full is said to be', async () => {
  const row = turns({ atOnce: 1, each: 1, waiting: 1 })
  const running = (await row.take('ana', staying))!
  const gone = new AbortController()
  const leaving = row.take('ben', gone.signal)
  expect(await row.take('cleo', staying)).toBeNull()
  gone.abort()
  expect(await leaving).toBeNull()
  const next = row.take('cleo', staying)
  running()
  expect(await next).toBeTypeOf('function')
})
