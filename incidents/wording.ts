// The words of a status update, fitted to each platform: from the templates, else our own.

import type { Connector, LengthRule } from '../connectors/connector.ts'
import { listAccounts } from '../db/accounts.ts'
import type { IncidentRow, StatusUpdateRow } from '../db/incidents.ts'
import { listTemplates, type TemplateRow } from '../db/templates.ts'
import type { Desk } from '../desk.ts'
import type { Id, Platform } from '../domain.ts'
import { fillTemplate, findPlaceholders } from '../responders/placeholders.ts'
import { signForTeam } from '../responders/signature.ts'
import { type Split, splitText } from '../responders/split.ts'

export type UpdateKind = StatusUpdateRow['kind']

/** Used where no template of the kind is active: facts where posts are short, warmer and in full where there is room. */
const short: Record<UpdateKind | 'unchanged', string> = {
  holding: "We know some of you can't {{impact}}. We're on it and will update here by {{next}}.",
  update: "Some of you still can't {{impact}}. We're working on it and will update here by {{next}}.",
  unchanged: "No change yet: some of you still can't {{impact}}. We're still working on it and will update here by {{next}}.",
  allclear: 'You can {{impact}} again. We are sorry for the trouble, and thank you for your patience.',
}
const full: Record<UpdateKind | 'unchanged', string> = {
  holding:
    "We're sorry: some of you can't {{impact}} right now. Our team is looking for the cause, and there is nothing you need to do or send us. The next update comes here by {{next}}.",
  update:
    "Some of you still can't {{impact}}, and we're sorry for it. Our team is working on it; there is nothing you need to do. The next update comes here by {{next}}.",
  unchanged:
    "No change yet: some of you still can't {{impact}}. We're still working on it and we're sorry it takes this long. The next update comes here by {{next}}.",
  allclear:
    'You can {{impact}} again. If it still fails for you, close the app or page, open it again, and write to us if that does not help. We are sorry for the trouble, and thank you for your patience.',
}
/** Where nobody promised a time (SEV3: on change). */
const ON_CHANGE = 'as soon as something changes'

export interface Rendition {
  accountId: Id
  platform: Platform
  /** "X · @acme_care". */
  label: string
  rule: LengthRule
  text: string
  /** Why nothing can be sent there now. */
  problem: string | null
}
export interface Proposal {
  /** What our own status page says in full. */
  text: string
  renditions: Rendition[]
  /** Accounts that cannot be told by words alone, as a person knows them. */
  leftOut: string[]
}

/** A first version of the next update. `{{next}}` stays open until it is published, so the time said is the time promised. */
export async function proposeUpdate(
  desk: Desk,
  incident: Pick<IncidentRow, 'impact' | 'title'>,
  kind: UpdateKind | 'unchanged',
): Promise<Proposal> {
  const [accounts, templates] = [await listAccounts(desk.db), await listTemplates(desk.db)]
  const word = (platform: Platform | null, isShort: boolean) => {
    const template = findTemplate(templates, kind, platform) ?? (isShort ? short : full)[kind]
    return signForTeam(fillTemplate(template, { impact: incident.impact }).text)
  }
  const renditions: Rendition[] = []
  const leftOut: string[] = []
  for (const { id, platform, name, status } of accounts) {
    if (status === 'off') continue
    const connector = desk.connectorFor(platform)
    const label = `${connector.label} · ${name}`
    const rule = connector.limits.status
    if (!rule) {
      leftOut.push(label)
      continue
    }
    const problem = status === 'reconnect' ? 'This account must be reconnected: the update waits until then.' : null
    renditions.push({ accountId: id, platform, label, rule, text: word(platform, isShortForm(connector)), problem })
  }
  return { text: word(null, false), renditions, leftOut }
}

/** Posts there are short and read at once. */
export const isShortForm = (connector: Pick<Connector, 'limits'>) => (connector.limits.status?.limit ?? Number.POSITIVE_INFINITY) <= 500

function findTemplate(templates: readonly TemplateRow[], kind: UpdateKind | 'unchanged', platform: Platform | null): string | undefined {
  if (kind === 'unchanged') return undefined
  const fitting = templates.filter(template => template.kind === kind && template.isActive && template.language === 'en')
  return (fitting.find(t => t.platform === platform) ?? fitting.find(t => t.platform === null))?.text
}

/** As it will be published: the promised time put in, the team's signature once at the end. */
export function finishText(text: string, nextUpdateAt: Date | null, zone: string): string {
  const next = nextUpdateAt ? wallTime(zone, nextUpdateAt) : ON_CHANGE
  const filled = fillTemplate(nextUpdateAt ? text : text.replace(/\bby (?=\{\{next\}\})/g, ''), { next }).text
  return signForTeam(filled.trim())
}

/** `14:30 CET`: how a promised time is written for people who may live elsewhere. */
export function wallTime(zone: string, at: Date): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', timeZoneName: 'short' }).format(at)
}

/** A finished text as the posts it takes: one, or a thread. */
export const cutStatus = (text: string, rule: Pick<LengthRule, 'limit' | 'count'>): Split =>
  splitText(text, { limit: rule.limit, count: rule.count, sign: signForTeam })

/** Why a finished text cannot go out; null: it can. `posts`: it was chosen to be cut into so many, as they were seen. */
export function whyNotPublish(text: string, rule: LengthRule | null, posts = 0): string | null {
  if (!text.trim()) return 'It has no words.'
  const open = findPlaceholders(text)
  if (open.length) return `“${text.slice(...open[0]!.span)}” is still to be filled in.`
  if (!rule) return null
  const length = rule.count(text)
  if (length <= rule.limit) return null
  const cut = cutStatus(text, rule)
  const over = `It is ${length - rule.limit} ${rule.unit} too long (${length} of ${rule.limit}).`
  if (!cut.ok) return posts ? cut.because : over
  if (cut.pieces.length === posts) return null
  return posts
    ? `It is cut into ${cut.pieces.length} posts by now, not ${posts}: look at the parts.`
    : `${over} Shorten it, or post it as ${cut.pieces.length} posts.`
}
