// triageMentions: the room's story. Claim a batch, find what is known, judge each, file them all.
import { listAccounts } from '../db/accounts.ts'
import { findContexts } from '../db/contexts.ts'
import { listActiveIncidents } from '../db/incidents.ts'
import { claimMention, claimMentions, type MentionRow, setAside } from '../db/mentions.ts'
import type { Tx } from '../db/schema.ts'
import type { Desk } from '../desk.ts'
import type { Id, JudgeContext, Verdict } from '../domain.ts'
import { fileMentions } from './filing.ts'
import { judge } from './judge.ts'
import { findTaughtScorer } from './learnt.ts'
import { isRowFault } from './row-fault.ts'
import { readRuleSet } from './rule-book.ts'
import { followRules } from './ruled-tickets.ts'
import { applyRules, type Ruled, type RuledMention, type RuleSet } from './rules.ts'
import type { Scorer } from './scorer.ts'

const BATCH = 200

/** Judges every waiting mention, oldest first, and opens or joins tickets. May run twice, and beside itself. */
export async function triageMentions(desk: Desk) {
  for (;;) {
    let claimed: MentionRow[] = []
    try {
      const ticketIds = await desk.db.transaction().execute(async tx => {
        claimed = await claimMentions(tx, BATCH)
        return triageBatch(desk, tx, claimed)
      })
      tellOf(desk, ticketIds, claimed.length)
    } catch (error) {
      if (!isRowFault(error)) throw error
      for (const mention of claimed) await triageAlone(desk, mention.id)
    }
    if (claimed.length < BATCH) return
  }
}

async function triageBatch(desk: Desk, tx: Tx, mentions: MentionRow[]): Promise<Id[]> {
  if (!mentions.length) return []
  const contexts = await contextsOf(tx, mentions)
  const rules = await readRuleSet(tx)
  const scorer = await findTaughtScorer(desk, tx)
  const judged = mentions.map(mention => ({ mention, ...verdictOn(mention, contexts.get(mention.id)!, { scorer, rules }) }))
  const ticketIds = await fileMentions(tx, judged, desk.now())
  await followRules(tx, judged, desk.now())
  return ticketIds
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
        hasOpenTicket: row.hasOpenTicket,
        previous: row.previousDirection
          ? { direction: row.previousDirection, text: row.previousText ?? '', byOtherCustomer: row.previousByOther ?? false }
          : null,
        earlierTickets: row.earlierTickets,
        followers: row.followers,
        similarLastHour: row.similarLastHour,
        isRepeat: row.isRepeat,
        incidentActive: incidents.length > 0,
      }
      return [mention.id, { context, author: { handle: row.handle, followers: row.followers, isVip: row.isVip } }]
    }),
  )
}

/** Its batch was rolled back because of one row: each goes alone, and the one that fails is set aside and shown. */
async function triageAlone(desk: Desk, id: Id) {
  try {
    const ticketIds = await desk.db.transaction().execute(async tx => triageBatch(desk, tx, await claimMention(tx, id)))
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
