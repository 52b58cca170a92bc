// A rule in one sentence: when it holds and what it does.
import type { Rule } from '../../domain.ts'
import { CATEGORY, languageName, PRIORITY } from './words.ts'

export function whenWords({ conditions: c }: Pick<Rule, 'conditions'>, labelOf: (platform: string) => string): string[] {
  const says: string[] = []
  if (c.anyWords?.length) says.push(`it says ${or(c.anyWords.map(quoted))}`)
  if (c.allWords?.length) says.push(`it says ${and(c.allWords.map(quoted))}`)
  if (c.noWords?.length) says.push(`it does not say ${or(c.noWords.map(quoted))}`)
  if (c.authors?.length) says.push(`${or(c.authors.map(one => `@${one.replace(/^@/, '')}`))} wrote it`)
  if (c.isVip !== undefined) says.push(c.isVip ? 'the author is a VIP' : 'the author is no VIP')
  if (c.followersAtLeast !== undefined) says.push(`the author has ${c.followersAtLeast.toLocaleString('en')} followers or more`)
  if (c.languages?.length) says.push(`it is in ${or(c.languages.map(languageName))}`)
  if (c.platforms?.length) says.push(`it is on ${or(c.platforms.map(labelOf))}`)
  if (c.visibility) says.push(`it is ${c.visibility}`)
  if (c.categories?.length) says.push(`triage thinks ${or(c.categories.map(one => CATEGORY[one]))}`)
  if (c.sentimentAtMost !== undefined) says.push(`it sounds ${signed(c.sentimentAtMost)} or worse`)
  if (c.confidenceAtLeast !== undefined) says.push(`triage is ${percent(c.confidenceAtLeast)} sure or surer`)
  if (c.confidenceBelow !== undefined) says.push(`triage is less than ${percent(c.confidenceBelow)} sure`)
  if (c.hasOpenTicket !== undefined) says.push(c.hasOpenTicket ? 'the customer has an open ticket' : 'the customer has no open ticket')
  if (c.isReplyToUs !== undefined) says.push(c.isReplyToUs ? 'it answers us' : 'it does not answer us')
  return says
}

export function thenWords({ actions: a }: Pick<Rule, 'actions'>, nameOf: (teammateId: string) => string): string[] {
  const does: string[] = []
  if (a.neverTicket) does.push('never a ticket')
  if (a.category) does.push(CATEGORY[a.category])
  if (a.priority) does.push(`priority ${PRIORITY[a.priority].toLowerCase()}`)
  if (a.tags?.length) does.push(`tagged ${and(a.tags)}`)
  if (a.assigneeId) does.push(`given to ${nameOf(a.assigneeId)}`)
  return does
}

export const signed = (value: number) => (value < 0 ? `−${Math.abs(value)}` : value > 0 ? `+${value}` : '0')
const quoted = (phrase: string) => `“${phrase}”`
const percent = (share: number) => `${Math.round(share * 100)} %`
const or = (parts: string[]) => OR.format(parts)
const and = (parts: string[]) => AND.format(parts)
const OR = new Intl.ListFormat('en-GB', { type: 'disjunction' })
const AND = new Intl.ListFormat('en-GB', { type: 'conjunction' })
