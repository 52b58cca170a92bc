// Rows as CSV that a spreadsheet opens as text, never as a formula.

export function csv(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [header, ...rows]
    .map(row => row.map(field).join(','))
    .join('\r\n')
    .concat('\r\n')
}

function field(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  // A customer's "=HYPERLINK(…)" must not run on the lead's machine.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
