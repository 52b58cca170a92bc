// Reads what was fetched only because a mention answers it: somebody else's words become context, ours stay ours.
import type { Incoming } from './connector.ts'

export function asContext(incoming: Incoming): Incoming {
  if (incoming.kind !== 'mention' || incoming.mention.direction !== 'inbound') return incoming
  return { ...incoming, mention: { ...incoming.mention, direction: 'context', addressesUs: false } }
}
