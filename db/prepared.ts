// Statements that begin with PREPARED are parsed and planned once per connection, not each time: for what every page asks.
import { createHash } from 'node:crypto'
import pg from 'pg'

/**
 * Mark only statements of few texts whose good plan does not hang on the values given: planning the queue's first rows takes
 * longer than reading them. A connection pool between us and PostgreSQL must know prepared statements (PgBouncer does since 1.21).
 */
export const PREPARED = '/* prepared */'

/** Kysely hands over text and values; pg prepares what has a name. */
export class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg declares eight shapes of this one call, and each is passed on as it came.
  override query(...[first, ...rest]: any[]): any {
    const asked = typeof first === 'string' && first.startsWith(PREPARED) ? { text: first, name: nameOf(first) } : first
    return (super.query as (...given: unknown[]) => unknown).call(this, asked, ...rest)
  }
}

function nameOf(text: string): string | undefined {
  if (!names.has(text) && names.size < MOST) names.set(text, createHash('sha256').update(text).digest('hex').slice(0, 32))
  return names.get(text)
}

const names = new Map<string, string>()
/** Each connection remembers its plans for as long as it lives. */
const MOST = 200
