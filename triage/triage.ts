// triageMentions: the room's story. Claim a batch, find what is known, judge each, file them all.
import { listAccounts } from '../db/accounts.ts'
import { findContexts, listRecent } from '../db/contexts.ts'
import { listActiveIncidents } from '../db/incidents.ts'
import { claimMention, claimMentions, claimNamed, listWaiting, type MentionRow, setAside } from '../db/mentions.ts'
import type { Tx } from '../db/schema.ts'
import type { Desk } from '../desk.ts'
import type { Id, JudgeContext, SecondOpinion, Verdict } from '../domain.ts'
import { fileMentions } from './filing.ts'
import { judge } from './judge.ts'
import { findTaughtScorer } from './learnt.ts'
import { countNear } from './near-words.ts'
import { wantParents } from './parents.ts'
import { isRowFault } from './row-fault.ts'
import { readRuleSet } from './rule-book.ts'
import { followRules } from './ruled-tickets.ts'
import { applyRules, type Ruled, type RuledMention, type RuleSet } from './rules.ts'
import { type Scorer, scorerNamed } from './scorer.ts'
import { type Judges, linearAlone } from './scorers/choose.ts'
import { askSecondOpinions, wantsSecondOpinion } from './second-opinions.ts'

const BATCH = 200
/** Nearly the same words are looked for among so many of the last hour. */
const NEWEST = 300

/** Judges every waiting mention, oldest first, and opens or joins tickets. May run twice, and beside itself. */
export async function triageMentions(desk: Desk, judges: Judges = linearAlone) {
  for (;;) {
    const ahead = judges.strong ? await lookAhead(desk, judges) : null
    if (ahead && !ahead.ids.length) return
    const opinions = ahead?.opinions ?? new Map<Id, SecondOpinion>()
    let claimed: MentionRow[] = []
    try {
      const ticketIds = await desk.db.transaction().execute(async tx => {
        claimed = ahead ? await claimNamed(tx, ahead.ids) : await claimMentions(tx, BATCH)
        return triageBatch(desk, tx, claimed, judges, opinions)
      })
      tellOf(desk, ticketIds, claimed.length)
    } catch (error) {
      if (!isRowFault(error)) throw error
      for (const mention of claimed) await triageAlone(desk, mention.id, judges, opinions)
    }
    if (ahead ? !ahead.isFull : claimed.length < BATCH) return
  }
}

async function triageBatch(
  desk: Desk,
  tx: Tx,
  mentions: MentionRow[],
  judges: Judges,
  opinions: ReadonlyMap<Id, SecondOpinion>,
): Promise<Id[]> {
  if (!mentions.length) return []
  const contexts = await contextsOf(tx, mentions)
  const rules = await readRuleSet(tx)
  const scorer = await findScorer(desk, tx, judges)
  const judged = mentions.map(mention => {
    const known = contexts.get(mention.id)!
    return { mention, ...verdictOn(mention, withOpinion(known, opinions.get(mention.id)), { scorer, rules }) }
  })
  const ticketIds = await fileMentions(tx, judged, desk.now())
  await followRules(tx, judged, desk.now())
  await wantParents(desk, tx, mentions)
  return ticketIds
}

/** Before anything is held: what a stronger scorer says of the unsure ones among the next. No network inside a transaction. */
async function lookAhead(desk: Desk, judges: Judges): Promise<{ ids: Id[]; opinions: ReadonlyMap<Id, SecondOpinion>; isFull: boolean }> {
  const { mentions, unsure } = await desk.db.transaction().execute(async tx => {
    const mentions = await listWaiting(tx, BATCH)
    if (!mentions.length) return { mentions, unsure: [] }
    const contexts = await contextsOf(tx, mentions)
    const scorer = await findScorer(desk, tx, judges)
    const isUnsure = (mention: MentionRow) => {
      try {
        return !mention.unreadableBecause && wantsSecondOpinion(judge(mention, contexts.get(mention.id)!.context, scorer), judges)
      } catch {
        // It fails again when it is judged in earnest, and is set aside there alone.
        return false
      }
    }
    return { mentions, unsure: mentions.filter(isUnsure) }
  })
  const { opinions, held } = await askSecondOpinions(desk, judges, unsure)
  return { ids: mentions.map(mention => mention.id).filter(id => !held.has(id)), opinions, isFull: mentions.length === BATCH }
}

/** Corrections were learnt over the trained heads; the plain word list stays plain. */
const findScorer = async (desk: Desk, tx: Tx, judges: Judges): Promise<Scorer> =>
  judges.scorer === 'linear' ? findTaughtScorer(desk, tx) : scorerNamed(judges.scorer)

function withOpinion(known: Known, secondOpinion: SecondOpinion | undefined): Known {
  if (!secondOpinion) return known
  const similarLastHour = Math.max(known.context.similarLastHour, secondOpinion.similarLastHour ?? 0)
  return { ...known, context: { ...known.context, similarLastHour, secondOpinion } }
}

function verdictOn(mention: MentionRow, { context, author }: Known, { scorer, rules }: { scorer: Scorer; rules: RuleSet }): Ruled {
  const verdict = mention.unreadableBecause ? sealedLetter(mention.unreadableBecause) : judge(mention, context, scorer)
  return applyRules(rules, verdict, {
    ...author,
    text: mention.text,
    platform: mention.platform,
    visibility: mention.visibility,
    language: verdict.language ?? mention.language,
    hasOpenTicket: context.hasOpenTicket,
    isReplyToUs: context.previous?.direction === 'outbound',
  })
}

/** What the judge may know, and what only rules ask. */
interface Known {
  context: JudgeContext
  author: Pick<RuledMention, 'handle' | 'followers' | 'isVip'>
}

/** Nobody can judge what nobody can read: a person must open it over there. */
const sealedLetter = (because: string): Verdict => ({
  category: 'account_question',
  tier: 1,
  priority: 'high',
  confidence: 0,
  sentiment: 0,
  sentimentLabel: 'neutral',
  actionable: 1,
  language: null,
  tags: [],
  needsReview: false,
  reasons: [{ signal: 'unreadable', points: 0, because }],
  wouldChange: 'words we could read',
  model: 'rule: encrypted message',
})

async function contextsOf(tx: Tx, mentions: MentionRow[]): Promise<Map<Id, Known>> {
  const [rows, accounts, incidents] = [
    await findContexts(
      tx,
      mentions.map(m => m.id),
    ),
    await listAccounts(tx),
    await listActiveIncidents(tx),
  ]
  const near = await nearDuplicates(tx, mentions)
  const ourHandles = accounts.map(a => a.handle.toLowerCase())
  const ourIds = new Set(accounts.map(a => `${a.platform} ${a.externalId}`))
  return new Map(
    mentions.map(mention => {
      const row = rows.get(mention.id)!
      const context: JudgeContext = {
        ourHandles,
        addressesUs: mention.addressesUs,
        visibility: mention.visibility,
        isOwn: mention.direction === 'outbound' || ourIds.has(`${mention.platform} ${row.authorExternalId}`),
        hasOpenTicket: row.openTicketCategory !== null,
        openTicketCategory: row.openTicketCategory,
        previous: row.previousDirection
          ? { direction: row.previousDirection, text: row.previousText ?? '', byOtherCustomer: row.previousByOther ?? false }
          : null,
        earlierTickets: row.earlierTickets,
        followers: row.followers,
        similarLastHour: Math.max(row.similarLastHour, near.get(mention.id) ?? 0),
        isRepeat: row.isRepeat,
        incidentActive: incidents.length > 0,
        isVip: row.isVip,
        contactsThisWeek: row.contactsThisWeek,
        hasAttachment: (mention.attachments?.length ?? 0) > 0,
      }
      return [mention.id, { context, author: { handle: row.handle, followers: row.followers, isVip: row.isVip } }]
    }),
  )
}

/** The very same words are found whoever said them; nearly the same among the newest. */
async function nearDuplicates(tx: Tx, mentions: readonly MentionRow[]): Promise<Map<Id, number>> {
  const times = mentions.map(mention => mention.postedAt.getTime())
  const span = { from: new Date(Math.min(...times) - 3_600_000), to: new Date(Math.max(...times)) }
  return countNear(mentions, await listRecent(tx, [...new Set(mentions.map(mention => mention.accountId))], span, NEWEST))
}

/** Its batch was rolled back because of one row: each goes alone, and the one that fails is set aside and shown. */
async function triageAlone(desk: Desk, id: Id, judges: Judges, opinions: ReadonlyMap<Id, SecondOpinion>) {
  try {
    const ticketIds = await desk.db.transaction().execute(async tx => triageBatch(desk, tx, await claimMention(tx, id), judges, opinions))
    tellOf(desk, ticketIds, 1)
  } catch (error) {
    if (!isRowFault(error)) throw error
    desk.log.error({ mentionId: id, err: error }, 'a mention cannot be judged; it is set aside and shown')
    await setAside(desk.db, id, (error as Error).message)
  }
}

function tellOf(desk: Desk, ticketIds: Id[], judged: number) {
  if (judged) desk.live.tell({ topic: 'queue' })
  for (const id of ticketIds) desk.live.tell({ topic: 'ticket', id })
}
