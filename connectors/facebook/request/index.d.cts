// What the stand-in for `request` offers, in types.
import type { AsyncLocalStorage } from 'node:async_hooks'

declare function request(
  options: {
    uri: string
    method?: string
    form?: Record<string, unknown>
    formData?: Record<string, unknown>
    headers?: Record<string, string>
    timeout?: number
    proxy?: string
    pool?: unknown
  },
  done: (error: unknown, response?: { statusCode: number; headers: Record<string, string> }, body?: string) => void,
): void

declare namespace request {
  interface Answer {
    status: number
    headers: Record<string, string>
    text: string
  }
  /** What surrounds one call; each call runs in its own, so two accounts never share state. */
  interface Exchange {
    base?: string | null
    onAnswer?: (answer: Answer) => void
  }
  const exchange: AsyncLocalStorage<Exchange>
}
export = request
