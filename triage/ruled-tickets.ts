// What rules do to the tickets their mentions went to: tags and an assignee, each with its event naming the rule.
import { grantWishes } from '../db/rules.ts'
import type { Tx } from '../db/schema.ts'
import { appendTicketEvents, type NewTicketEvent } from '../db/ticket-events.ts'
import type { Id } from '../domain.ts'
import type { Ruled } from './rules.ts'

/** After filing, in its transaction. A batch no rule wants anything of costs nothing. */
export async function followRules(
  tx: Tx,
  ruled: readonly (Pick<Ruled, 'tags' | 'assigneeId' | 'held'> & { mention: { id: Id } })[],
  now: Date,
) {
  const wishes = ruled
    .filter(one => one.tags.length || one.assigneeId)
    .map(one => ({ mentionId: one.mention.id, tags: one.tags, assigneeId: one.assigneeId, by: one.held.map(rule => rule.name) }))
  const events = (await grantWishes(tx, wishes)).flatMap((done): NewTicketEvent[] => {
    const event = { ticketId: done.ticketId, mentionId: done.mentionId, at: now, actor: done.by.map(name => `rule “${name}”`).join(', ') }
    return [
      ...(done.newTags.length ? [{ ...event, kind: 'tagged' as const, after: { tags: done.newTags } }] : []),
      ...(done.assigneeId
        ? [{ ...event, kind: 'assigned' as const, before: { assigneeId: null }, after: { assigneeId: done.assigneeId } }]
        : []),
    ]
  })
  await appendTicketEvents(tx, events)
}
