// What a new installation needs once: somebody who may sign in, and templates to begin with.
import { randomBytes } from 'node:crypto'
import { findSetting, saveSetting } from '../db/settings.ts'
import { listTeammates } from '../db/teammates.ts'
import type { Desk } from '../desk.ts'
import { addStarterTemplates } from '../responders/starter-templates.ts'
import { createTeammate } from './auth.ts'

/** Null when there is somebody already. The password is nowhere else: `npm run password` makes another. */
export async function createFirstAdmin(desk: Desk): Promise<{ email: string; password: string } | null> {
  if ((await listTeammates(desk.db)).length) return null
  const password = randomBytes(9).toString('base64url')
  const email = 'admin@heed.local'
  await createTeammate(desk, { name: 'Admin', email, role: 'admin', initials: 'AD', password })
  return { email, password }
}

/** Once, ever: what a team deletes stays deleted. */
export async function storeStarterTemplates(desk: Desk) {
  if ((await findSetting(desk.db, 'starterTemplates')) !== undefined) return
  await desk.db.transaction().execute(async tx => {
    await addStarterTemplates(tx, { ownerId: null, isDemo: false, now: desk.now() })
    await saveSetting(tx, 'starterTemplates', 'stored', desk.now())
  })
}
