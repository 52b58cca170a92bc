// Makes the pauses and time limits of this process short while something runs: a platform that never answers then costs a moment.

/** Everything that would wait at least 100 ms waits so many times less. */
export async function withShortWaits<T>(times: number, run: () => Promise<T>): Promise<T> {
  const { setTimeout: setTimer } = globalThis
  const { timeout } = AbortSignal
  const shorter = (ms = 0) => (ms >= 100 ? ms / times : ms)
  const shortTimer = (callback: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) =>
    setTimer(callback, shorter(ms), ...given)
  globalThis.setTimeout = Object.assign(shortTimer, setTimer) as typeof setTimeout
  AbortSignal.timeout = ms => timeout.call(AbortSignal, shorter(ms))
  try {
    return await run()
  } finally {
    globalThis.setTimeout = setTimer
    AbortSignal.timeout = timeout
  }
}
