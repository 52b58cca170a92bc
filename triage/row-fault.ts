// Tells a row that spoils its batch from a database that is away.

/** True: this row will fail again alone (bad data, a bug on it). False: try the whole again later (connection, deadlock, disk). */
export function isRowFault(error: unknown): boolean {
  if (!(error instanceof Error)) return true
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string') return true
  // SQLSTATE classes: 22 data exception, 23 integrity, 42 syntax or missing name. Others, and ECONNRESET and its kin, pass.
  return /^(22|23|42)/.test(code)
}
