// Public sets whose licences let trained weights ship; their texts stay where they are, only weights leave.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Category } from '../../domain.ts'
import { pick, seeded } from '../signals/chance.ts'
import type { Example } from './examples.ts'

/** SHA-256 of each file the weights were trained with: other bytes, other weights. */
export const outsideSets: readonly { set: string; file: string; sha256: string; licence: string }[] = [
  { set: 'goemotions', file: 'dev.jsonl.gz', sha256: 'c3f7d6c3c7ffce103d73ce130f2662f1801e4e2b1be3825583b37db2239aad28', licence: 'Apache-2.0' },
  { set: 'vader-rated', file: 'dev.jsonl', sha256: '268a8010c072ce236ccb08b4fccb5d909b09c2a56dd133f4106ff271ecd6e7e2', licence: 'MIT' },
  { set: 'banking77', file: 'dev.jsonl', sha256: '954ce047b6edfa36c999063f7fdf9d82bcbbb09dc8fdf69979fffb27e7cf1578', licence: 'CC BY 4.0' },
  { set: 'clinc150', file: 'dev.jsonl.gz', sha256: 'fe9ca372e0e0c18f84cad6618566b4daee76489c5d4f3f4149b7071929803403', licence: 'CC BY 3.0' },
  { set: 'bitext-intents', file: 'dev.jsonl', sha256: '5ec1277a3118a3121cc58c89c8c48652c73294216087175d53c92fb2f825a85f', licence: 'CDLA-Sharing-1.0' },
  { set: 'triage-seeds', file: 'seeds.txt', sha256: '5ebe1cb7fe24b65623574f100e1b86cc8e835cb038417e1389d69ffafba7fe74', licence: 'our own' },
]

/** @throws naming every file that is missing or is not the one the weights were trained with. */
export function checkOutsideSets(data: string): void {
  const wrong = outsideSets.flatMap(({ set, file, sha256 }) => {
    const path = join(data, set, file)
    if (!existsSync(path)) return [`${path} is missing`]
    const found = createHash('sha256').update(readFileSync(path)).digest('hex')
    return found === sha256 ? [] : [`${path} has SHA-256 ${found}, not ${sha256}`]
  })
  if (wrong.length > 0) throw new Error(`These are not the sets the weights are trained with:\n  ${wrong.join('\n  ')}`)
}

/** Public sets whose licences let trained weights ship; their texts stay where they are. */
export function outsideExamples(data: string): Example[] {
  return [...goemotions(data), ...vaderRated(data), ...banking(data), ...clinc(data), ...bitext(data), ...seeds(data)]
}

const chatterHeads = ['outage_report', 'pr_risk', 'account_question', 'technical_question', 'urgent_request', 'thanks_only', 'peer_answered']

function goemotions(data: string): Example[] {
  return rowsOf(data, 'goemotions').flatMap((row, i): Example[] => {
    if (row.label === 'mixed') return []
    const asks = /\?/.test(row.text as string)
    const example: Example = { text: row.text as string, sentiment: row.label as Example['sentiment'], feelingWeight: 1, careWeight: 0 }
    if (i % 8 === 0) return [{ ...example, careWeight: 0.05, actionable: false, priority: 'low', breach: false, ...(asks ? {} : { notThese: chatterHeads }) }]
    return [example]
  })
}

function vaderRated(data: string): Example[] {
  return rowsOf(data, 'vader-rated').map((row, i): Example => {
    const example: Example = { text: row.text as string, sentiment: row.label as Example['sentiment'], feelingWeight: 4.5, careWeight: 0 }
    if (row.source === 'tweet' && i % 4 === 0) return { ...example, careWeight: 0.05, actionable: false, priority: 'low', breach: false, notThese: chatterHeads }
    return example
  })
}

const bankTrouble = /not_working|declined|failed|not_received|not_recognised|wrong|charged_twice|swallowed|not_updated|not_showing|lost_or_stolen|compromised|reverted|blocked|unable|extra_charge/
const bankUrgent = /compromised|lost_or_stolen|not_recognised/

function banking(data: string): Example[] {
  return rowsOf(data, 'banking77').flatMap((row, i): Example[] => {
    if (i % 8 !== 0) return []
    const label = row.label as string
    const isTrouble = bankTrouble.test(label)
    return [{
      text: row.text as string, category: bankUrgent.test(label) ? 'urgent_request' : 'account_question', actionable: true,
      priority: bankUrgent.test(label) ? 'urgent' : isTrouble ? 'high' : 'normal', sentiment: isTrouble ? 'negative' : 'neutral', feelingWeight: 0.8, careWeight: 0.2,
    }]
  })
}

const clincAccount = /^(balance|transactions|account_blocked|freeze_account|pin_change|report_lost_card|card_declined|bill_balance|bill_due|pay_bill|credit_limit|rewards_balance|redeem_rewards|order_status|cancel_reservation|confirm_reservation|application_status|new_card|damaged_card|expiration_date|interest_rate|routing|direct_deposit|replacement_card_duration|lost_luggage|report_fraud)$/
const clincQuestion = /^(flight_status|carry_on|international_fees|how_busy|accept_reservations|restaurant_reviews|nutrition_info|ingredients_list|sync_device|reset_settings|insurance)$/
const clincUrgent = /^(report_fraud|report_lost_card)$/

function clinc(data: string): Example[] {
  return rowsOf(data, 'clinc150').flatMap((row, i): Example[] => {
    const label = row.label as string
    if (i % 8 !== 0) return []
    const text = row.text as string
    if (clincUrgent.test(label)) return [{ text, category: 'urgent_request', priority: 'urgent', actionable: true, sentiment: 'negative', feelingWeight: 0.8, careWeight: 0.2 }]
    if (clincAccount.test(label)) return [{ text, category: 'account_question', priority: 'normal', actionable: true, sentiment: 'neutral', feelingWeight: 0.8, careWeight: 0.2 }]
    if (clincQuestion.test(label)) return [{ text, category: 'technical_question', priority: 'normal', actionable: true, sentiment: 'neutral', feelingWeight: 0.8, careWeight: 0.3 }]
    return [{ text, sentiment: 'neutral', feelingWeight: 0.8, careWeight: 0 }]
  })
}

function bitext(data: string): Example[] {
  return rowsOf(data, 'bitext-intents').flatMap((row, i): Example[] => {
    if (i % 12 !== 0 || row.category === 'FEEDBACK') return []
    return [{ text: row.text as string, category: row.category === 'CONTACT' || row.category === 'NEWSLETTER' ? 'technical_question' : 'account_question', priority: 'normal', actionable: true, sentiment: 'neutral', feelingWeight: 0.8, careWeight: 0.3 }]
  })
}

const seedSlots: Record<string, string[]> = {
  svc: ['your service', 'the app', 'the streaming service', 'the bank', 'the portal'], area: ['the north side', 'Leeds', 'our town', 'the valley'], util: ['internet', 'power', 'broadband', 'phone'],
  time: ['6am', 'noon', 'last night', 'this morning'], dur: ['two hours', 'three days', 'a week', '40 minutes'], end: ['', '!', ' please fix', ', any news?'], hey: ['', 'hey ', 'hi, '],
  site: ['website', 'app', 'booking site'], item: ['jacket', 'phone', 'kettle', 'headset'], day: ['day', 'morning', 'weekend'], period: ['week', 'month'], month: ['May', 'October'], money: ['40 euros', '$89', '£15'],
  trip: ['flight', 'train', 'bus'], num: ['48213', 'K2291'], name: ['Mara', 'Theo', 'Ines'],
}

function seeds(data: string): Example[] {
  const file = join(data, 'triage-seeds', 'seeds.txt')
  if (!existsSync(file)) throw new Error(`${file} is missing`)
  const random = seeded(7)
  const categoryOf: Record<string, Category> = { o: 'outage_report', a: 'account_question', c: 'complaint', q: 'technical_question', p: 'positive_feedback', x: 'irrelevant' }
  return readFileSync(file, 'utf8').split('\n').filter((line) => line.includes('|')).flatMap((line): Example[] => {
    const code = line.slice(0, 3)
    const pattern = line.slice(line.indexOf('|') + 1)
    const texts = new Set(Array.from({ length: pattern.includes('{') ? 4 : 1 }, () => pattern.replace(/\{(\w+)\}/g, (_, slot: string) => pick(seedSlots[slot] ?? [slot], random))))
    const isUrgent = code[1] === '1'
    return [...texts].map((text): Example => ({
      text, ...(code[0] === 'x' ? { notThese: chatterHeads } : { category: isUrgent ? 'urgent_request' : categoryOf[code[0]!]! }),
      priority: (['urgent', 'high', 'normal', 'low'] as const)[Number(code[1]) - 1]!, actionable: code[1] !== '4',
      breach: code[2] === '-' && code[0] !== 'x', sentiment: code[2] === '-' ? 'negative' : code[2] === '+' ? 'positive' : 'neutral', feelingWeight: 2, careWeight: 0.6,
    }))
  })
}

function rowsOf(data: string, set: string): Record<string, unknown>[] {
  const file = [join(data, set, 'dev.jsonl'), join(data, set, 'dev.jsonl.gz')].find(existsSync)
  if (!file) throw new Error(`no dev.jsonl or dev.jsonl.gz in ${join(data, set)}`)
  return lines(file)
}

function lines(file: string): Record<string, unknown>[] {
  const bytes = readFileSync(file)
  const text = file.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8')
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>)
}
