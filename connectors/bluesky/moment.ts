// When a post was written, as Bluesky counts it: when it says, but never later than it was first seen.

/** `createdAt` is whatever the writer's app put there. https://docs.bsky.app/docs/advanced-guides/timestamps, checked 2026-11-21. */
export function sortedAt(record: unknown, indexedAt: string): number {
  const indexed = Date.parse(indexedAt)
  if (Number.isNaN(indexed)) throw new Error(`indexedAt should be a time, not ${indexedAt}`)
  const created = Date.parse(String((record as { createdAt?: unknown } | undefined)?.createdAt))
  return Number.isNaN(created) ? indexed : Math.min(created, indexed)
}
