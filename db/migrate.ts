// Brings the database's tables up to this version, and says which steps were taken.

import { Migrator } from 'kysely/migration'
import * as theHouse from './migrations/0001-the-house.ts'
import * as signIn from './migrations/0002-sign-in.ts'
import * as queueViews from './migrations/0003-queue-views.ts'
import * as rulesAndCorrections from './migrations/0004-rules-and-corrections.ts'
import * as queueSpeed from './migrations/0005-queue-speed.ts'
import * as coverage from './migrations/0006-coverage.ts'
import * as listening from './migrations/0007-listening.ts'
import * as triageContext from './migrations/0009-triage-context.ts'
import * as attachments from './migrations/0010-attachments.ts'
import * as replyPictures from './migrations/0011-reply-pictures.ts'
import * as gestures from './migrations/0012-gestures.ts'
import * as threads from './migrations/0013-threads.ts'
import * as pushesAndEditedIds from './migrations/0014-pushes-and-edited-ids.ts'
import * as streamsAndReplays from './migrations/0015-streams-and-replays.ts'
import * as whySoUrgent from './migrations/0016-why-so-urgent.ts'
import type { Db } from './schema.ts'

/** Forward only; runs alone (an advisory lock in the database), any number of times. */
export async function migrate(db: Db): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error, results } = await migrator.migrateToLatest()
  const failed = results?.find(r => r.status === 'Error')
  if (error && failed) throw new Error(`migration failed: ${failed.migrationName}`, { cause: error })
  // No step was at fault: the database is away.
  if (error) throw error
  return (results ?? []).map(r => r.migrationName)
}

/** The steps this database still lacks; only looks. */
export async function missingSteps(db: Db): Promise<string[]> {
  const steps = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).getMigrations()
  return steps.filter(step => !step.executedAt).map(step => step.name)
}

const migrations = {
  '0001-the-house': theHouse,
  '0002-sign-in': signIn,
  '0003-queue-views': queueViews,
  '0004-rules-and-corrections': rulesAndCorrections,
  '0005-queue-speed': queueSpeed,
  '0006-coverage': coverage,
  '0007-listening': listening,
  '0009-triage-context': triageContext,
  '0010-attachments': attachments,
  '0011-reply-pictures': replyPictures,
  '0012-gestures': gestures,
  '0013-threads': threads,
  '0014-pushes-and-edited-ids': pushesAndEditedIds,
  '0015-streams-and-replays': streamsAndReplays,
  '0016-why-so-urgent': whySoUrgent,
}
