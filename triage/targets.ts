// How soon we mean to answer: the response targets by priority, and when a turn is due.
import { z } from 'zod'
import type { Db } from '../db/schema.ts'
import { findSetting } from '../db/settings.ts'
import type { Ticket } from '../domain.ts'

const minutes = z.object({ first: z.number().positive(), next: z.number().positive() })
const targetsShape = z.object({ urgent: minutes, high: minutes, normal: minutes })
/** Minutes, calendar time: what the customer feels. */
export type ResponseTargets = z.infer<typeof targetsShape>

/** SPEC'd defaults, editable as the setting `responseTargets`. */
export const defaultTargets: ResponseTargets = {
  urgent: { first: 15, next: 15 },
  high: { first: 60, next: 120 },
  normal: { first: 1440, next: 1440 },
}

export async function readTargets(db: Db): Promise<ResponseTargets> {
  const stored = await findSetting(db, 'responseTargets')
  return stored === undefined ? defaultTargets : targetsShape.parse(stored)
}

/** The target may change with the priority; the start never does. */
export function responseDueAt(targets: ResponseTargets, priority: Ticket['priority'], isFirst: boolean, waitingSince: Date): Date {
  return new Date(waitingSince.getTime() + targets[priority][isFirst ? 'first' : 'next'] * 60_000)
}
