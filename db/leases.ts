// Leases: who is the one clock, until when.
import { sql } from 'kysely'
import type { Db } from './schema.ts'

export interface LeasesTable {
  name: string
  holder: string
  expiresAt: Date
}

/** True while `holder` has it: takes a free or expired lease, or renews its own. The database's clock decides. */
export async function holdLease(db: Db, name: string, holder: string, forMs: number): Promise<boolean> {
  const result = await sql`
    insert into leases (name, holder, expires_at) values (${name}, ${holder}, now() + ${forMs}::int * interval '1 millisecond')
    on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
    where leases.holder = excluded.holder or leases.expires_at < now()
    returning name`.execute(db)
  return result.rows.length > 0
}

export async function releaseLease(db: Db, name: string, holder: string) {
  await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute()
}
