// Who wrote it: ` ^SB` at the end of every answer, the team's on a status post.

/** Adds the signature; a signature already there, the writer's or one copied from a colleague, is replaced rather than doubled. */
export function sign(text: string, initials: string): string {
  const words = unsign(text)
  return words === '' ? '' : `${words} ^${initials}`
}

export const signForTeam = (text: string, team = 'Team') => sign(text, team)

/** The words alone, as the composer shows them. */
export function unsign(text: string): string {
  return text.replace(SIGNATURE, '').trim()
}

/** What Heed's own signatures look like: initials, or one capitalised word for a team. */
const SIGNATURE = /(?:\s*(?<=^|\s)\^(?:[\p{Lu}\p{N}]{1,4}|\p{Lu}\p{Ll}{1,19}))+\s*$/u
