// Minutes as people say them: "<1 min", "46 min", "8 h 24 min", "3 d 4 h".

export function duration(minutes: number): string {
  const whole = Math.round(minutes)
  if (whole < 1) return minutes > 0 ? '<1 min' : '0 min'
  if (whole < 60) return `${whole} min`
  if (whole < 1440) return both(Math.floor(whole / 60), 'h', whole % 60, 'min')
  const hours = Math.round(minutes / 60)
  return both(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const both = (large: number, unit: string, small: number, smallUnit: string) =>
  small ? `${large} ${unit} ${small} ${smallUnit}` : `${large} ${unit}`

/** A share is never rounded up to all nor down to nothing. */
export function percent(share: number | null): string {
  if (share === null) return '–'
  const rounded = Math.round(share * 100)
  if (rounded === 100 && share < 1) return '>99 %'
  if (rounded === 0 && share > 0) return '<1 %'
  return `${rounded} %`
}
