// Until when a snooze lasts, in the teammate's own time.

/** `offset`: the browser's minutes behind UTC (Date.getTimezoneOffset). Undefined: nothing sensible was chosen. */
export function snoozeUntil(
  form: { for?: string | undefined; until?: string | undefined; offset?: string | undefined },
  now: Date,
): Date | undefined {
  const offsetMs = (Number(form.offset) || 0) * MINUTE
  const local = new Date(now.getTime() - offsetMs)
  const at = (days: number, hour: number) =>
    new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate() + days, hour) + offsetMs)
  switch (form.for) {
    case '1h':
      return new Date(now.getTime() + 60 * MINUTE)
    // After six, tonight is over: the next one.
    case 'tonight':
      return at(0, 18) > now ? at(0, 18) : at(1, 18)
    case 'tomorrow':
      return at(1, 9)
    case 'custom': {
      const until = new Date(`${form.until}Z`).getTime() + offsetMs
      return Number.isFinite(until) ? new Date(until) : undefined
    }
    default:
      return undefined
  }
}

const MINUTE = 60_000
