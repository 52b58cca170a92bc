// When pushes that say nothing are at fault, and when it is the customers who are silent.
import { expect, test } from 'vitest'
import { pushFault } from '../../metrics/push-fault.ts'

const HOUR = 3_600_000
const now = new Date('2026-03-02T14:00:00Z')
const ago = (hours: number) => new Date(now.getTime() - hours * HOUR)
/** Four pushed mentions in every hour of four weeks. */
const busy = Array.from({ length: 4 * 7 * 24 }, (_, n) => ({ hour: ago(4 + n), pushed: 4 }))

test.each([
  ['three mentions that polls brought since the last push', { lastAt: ago(1), polledSince: { whole: 3, partly: 0 } }, 'push_missing'],
  ['two may be chance', { lastAt: ago(1), polledSince: { whole: 2, partly: 0 } }, null],
  ['of a list that is pushed in part more must be missing', { lastAt: ago(1), polledSince: { whole: 0, partly: 9 } }, null],
  ['and then it is the same', { lastAt: ago(1), polledSince: { whole: 0, partly: 10 } }, 'push_missing'],
  [
    'silent for longer than is usual, and customers write',
    { lastAt: ago(4), polledSince: { whole: 1, partly: 0 }, hours: busy },
    'push_silent',
  ],
  ['silent for longer than is usual, and so are polls', { lastAt: ago(4), polledSince: { whole: 0, partly: 0 }, hours: busy }, null],
  ['silent as is usual', { lastAt: ago(1), polledSince: { whole: 1, partly: 0 }, hours: busy }, null],
  ['no push ever came', { lastAt: null, polledSince: { whole: 3, partly: 0 } }, 'push_missing'],
] as const)('%s', (_, given, cause) => {
  const fault = pushFault({ connectedAt: ago(48), hours: [], ...given }, now)
  expect(fault).toEqual(cause && { from: given.lastAt ?? ago(48), cause })
})
