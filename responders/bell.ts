// Ringing after the commit: what was asked for is kept by then, and the sweep does it should the bell be out of order.
import type { Desk } from '../desk.ts'

/** Never throws: a bell that is out of order delays the work until the sweep, and must not tell anybody that nothing happened. */
export async function ringAfterCommit(desk: Desk, job: Parameters<Desk['ring']>[0]): Promise<void> {
  try {
    await desk.ring(job)
  } catch (error) {
    desk.log.error({ err: error, job }, 'could not ring; the sweep will')
  }
}
