// Uploads before a post: one after the other, and given up long before the send would be taken for dead.
import { expect, it, onTestFinished, vi } from 'vitest'
import { uploadAll } from '../../connectors/uploads.ts'

const picture = { bytes: new Uint8Array(1), type: 'image/png', alt: '', width: 1, height: 1 } as const

it('gives up on an upload that is long in the making, and begins no other', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let begun = 0
  const uploaded = uploadAll([picture, picture], async () => {
    begun++
    await new Promise(resolve => setTimeout(resolve, 90_000))
  }).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await Promise.race([uploaded, 'still waiting'])).toMatchObject({ kind: 'retry', trouble: 'outage' })
  await vi.advanceTimersByTimeAsync(300_000)
  expect(begun).toBe(1)
})
