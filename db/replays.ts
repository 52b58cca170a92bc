// Replays: which stretches of time an app's platform was asked to push again, so that nobody asks twice, and what it answered.
import { v7 as newId } from 'uuid'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface ReplaysTable {
  id: Id
  appId: Id
  fromAt: Date
  untilAt: Date
  askedAt: Date
  /** `unsure`: asked, or about to; what became of it nobody knows. `refused`: not for this app at all. `later`: not now, ask again. */
  answer: 'unsure' | 'asked' | 'refused' | 'later'
}

/** Writes down that a stretch is asked for, before it is: whoever comes after finds it. Null: by what was asked before, it may not be. */
export function claimReplay(
  db: Db,
  appId: Id,
  { from, until }: { from: Date; until: Date },
  now: Date,
  mayAsk: (before: readonly ReplaysTable[]) => boolean,
): Promise<Id | null> {
  return db.transaction().execute(async tx => {
    await tx.selectFrom('platformApps').select('id').where('id', '=', appId).forNoKeyUpdate().execute()
    if (!mayAsk(await tx.selectFrom('replays').selectAll().where('appId', '=', appId).execute())) return null
    const id = newId()
    await tx.insertInto('replays').values({ id, appId, fromAt: from, untilAt: until, askedAt: now, answer: 'unsure' }).execute()
    return id
  })
}

export async function answerReplay(db: Db, id: Id, answer: ReplaysTable['answer']) {
  await db.updateTable('replays').set({ answer }).where('id', '=', id).execute()
}

/** Asked for since then, and all that was refused. */
export const listReplays = (db: Db, since: Date): Promise<ReplaysTable[]> =>
  db
    .selectFrom('replays')
    .selectAll()
    .where(eb => eb.or([eb('askedAt', '>=', since), eb('answer', '=', 'refused')]))
    .orderBy('askedAt')
    .execute()

/** What is older decides nothing any more. */
export async function forgetReplays(db: Db, before: Date) {
  await db.deleteFrom('replays').where('askedAt', '<', before).execute()
}
