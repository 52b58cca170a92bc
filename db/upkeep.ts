// The embedded database's upkeep: nothing in it clears dead rows or counts the living by itself, as PostgreSQL's autovacuum does.
import { sql } from 'kysely'
import type { Db } from './schema.ts'

/**
 * Vacuums and analyses the one table that changed most since it was last counted, by autovacuum's own measure (a tenth and fifty rows), or
 * that grew by a third meanwhile: how much changed is forgotten when the process ends.
 * Without it plans are made for empty tables: a dashboard over 45,000 mentions took a minute instead of a second.
 * @returns the table's name, or null when none needs it
 */
export async function tendMostChanged(db: Db): Promise<string | null> {
  await sql`select pg_stat_force_next_flush()`.execute(db)
  const { rows } = await sql<{ name: string }>`
    select format('%I.%I', s.schemaname, s.relname) as name
    from pg_stat_user_tables s
    join pg_class c on c.oid = s.relid
    cross join lateral (select pg_relation_size(c.oid) / current_setting('block_size')::int as pages) as now
    where s.n_mod_since_analyze > 50 + greatest(c.reltuples, 0) / 10 or now.pages > c.relpages * 4 / 3 + 8
    order by s.n_mod_since_analyze desc, now.pages - c.relpages desc
    limit 1`.execute(db)
  const table = rows[0]?.name
  if (!table) return null
  await sql`vacuum (analyze) ${sql.raw(table)}`.execute(db)
  return table
}
