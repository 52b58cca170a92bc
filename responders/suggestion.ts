// The suggested answer: the template that fits a ticket best and why, taught by which one people use. A person always sends.
import { findCorrectable } from '../db/corrections.ts'
import type { Db } from '../db/schema.ts'
import { countTemplateUse, listTemplateUses, listTemplateWords, type TemplateRow } from '../db/templates.ts'
import type { TicketRow } from '../db/tickets.ts'
import type { Category, Id, Platform, TemplateKind } from '../domain.ts'
import { foldWords } from '../triage/rules.ts'
import { pickVariants } from './templates.ts'

export interface Suggestion {
  templateId: Id
  name: string
  /** In a rep's words, to stand after "because". */
  because: string
}

/** What a template was used for so far. */
export interface Taught {
  uses: readonly { templateId: Id; category: Category; uses: number }[]
  /** Only of words that stand in the ticket. */
  words: readonly { templateId: Id; wordHash: number; uses: number }[]
}
export interface Asked {
  category: Category
  platform: Platform
  language: string | null
  /** What the customer said. */
  text: string
}

export async function suggestAnswer(db: Db, templates: readonly TemplateRow[], asked: Asked): Promise<Suggestion | null> {
  if (!templates.length || !asked.text) return null
  const [uses, words] = await Promise.all([listTemplateUses(db), listTemplateWords(db, [...hashedWords(asked.text).keys()])])
  return pickSuggestion(templates, { uses, words }, asked)
}

/** Pure. Null when nothing speaks for any of them more than for the next. */
export function pickSuggestion(templates: readonly TemplateRow[], taught: Taught, asked: Asked): Suggestion | null {
  const fits = pickVariants(templates, asked.platform, asked.language)
    .filter(template => KINDS.includes(template.kind))
    .map(template => ({ template, ...weigh(template, taught, asked) }))
    // Ids grow with time: among equals the oldest, which everybody knows.
    .sort((a, b) => b.score - a.score || (a.template.id < b.template.id ? -1 : 1))
  const best = fits[0]
  if (!best || best.score < WORTH_SAYING) return null
  return { templateId: best.template.id, name: best.template.name, because: best.because }
}

/** In the transaction that sends: the template answered such a ticket, with such words. */
export async function teachSuggestion(tx: Db, templateId: Id, ticket: Pick<TicketRow, 'id' | 'category'>) {
  const mention = await findCorrectable(tx, ticket.id)
  await countTemplateUse(tx, templateId, { category: ticket.category, wordHashes: mention ? [...hashedWords(mention.text).keys()] : [] })
}

/** The words that tell texts apart, by a hash from which none can be read; at most so many. */
export function hashedWords(text: string): Map<number, string> {
  const words = new Map<number, string>()
  for (const word of foldWords(text).trim().split(' ')) {
    if (word.length < 4 || COMMON.has(word)) continue
    let hash = 0x811c9dc5
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193)
    words.set(hash | 0, word)
    if (words.size === 64) break
  }
  return words
}

interface Weighed {
  score: number
  because: string
}

function weigh(template: TemplateRow, taught: Taught, asked: Asked): Weighed {
  const ofCategory = taught.uses.filter(one => one.category === asked.category)
  const all = ofCategory.reduce((sum, one) => sum + one.uses, 0)
  const own = ofCategory.find(one => one.templateId === template.id)?.uses ?? 0
  const total = taught.uses.filter(one => one.templateId === template.id).reduce((sum, one) => sum + one.uses, 0)
  const spoken = hashedWords(asked.text)
  const shared = taught.words
    .filter(one => one.templateId === template.id && spoken.has(one.wordHash) && one.uses >= 2)
    .sort((a, b) => b.uses - a.uses)
    .slice(0, 3)
  const itsWords = hashedWords(`${template.name} ${template.text.replace(PLACEHOLDER, ' ')}`)
  const itsOwn = [...spoken.keys()].filter(hash => itsWords.has(hash)).slice(0, 3)
  const suits = SUITS[asked.category]
  const parts: Weighed[] = [
    // The first uses weigh less than the later ones: one rep's habit is not yet the team's.
    { score: 3 * (own / (all + 3)), because: `it answered ${own} of ${all} tickets of this kind` },
    {
      score:
        1.5 *
        Math.min(
          1,
          shared.reduce((sum, one) => sum + one.uses / (total + 2), 0),
        ),
      because: `it answered others who said ${quoted(shared.map(one => spoken.get(one.wordHash)!))}`,
    },
    { score: 0.5 * itsOwn.length, because: `it speaks of ${quoted(itsOwn.map(hash => spoken.get(hash)!))}` },
    { score: suits?.kind === template.kind ? 1 : 0, because: suits?.because ?? '' },
    { score: suits && template.kind === 'answer' ? 0.4 : 0, because: 'it is an answer' },
    { score: languageFit(template, asked), because: `it is in ${LANGUAGES.of(baseOf(template.language)) ?? 'their language'}` },
    { score: template.platform ? 0.2 : 0, because: 'it was written for this platform' },
  ]
  const because = parts
    .filter(part => part.score >= 0.5)
    .sort((a, b) => b.score - a.score)
    .slice(0, 2)
    .map(part => part.because)
  return { score: parts.reduce((sum, part) => sum + part.score, 0), because: because.join(' and ') }
}

/** Their own language is worth a little, the wrong one costs more. English to English is nothing to speak of. */
function languageFit(template: TemplateRow, { language }: Asked): number {
  if (!language) return 0
  if (baseOf(template.language) !== baseOf(language)) return -0.8
  return baseOf(language) === 'en' ? 0 : 0.6
}

/** Until people have shown what they use. */
const SUITS: Partial<Record<Category, { kind: TemplateKind; because: string }>> = {
  account_question: { kind: 'handoff', because: 'an account is nobody else’s business' },
  urgent_request: { kind: 'handoff', because: 'what is urgent goes faster in private' },
  outage_report: { kind: 'ack', because: 'they want to know that it was seen' },
  pr_risk: { kind: 'ack', because: 'they want to know that it was seen' },
  complaint: { kind: 'answer', because: 'a complaint wants an answer' },
  technical_question: { kind: 'answer', because: 'a question wants an answer' },
  general_reference: { kind: 'answer', because: 'a question wants an answer' },
}
const KINDS: readonly TemplateKind[] = ['answer', 'handoff', 'closing', 'followup', 'ack']
const WORTH_SAYING = 1
const PLACEHOLDER = /\{\{[^}]*\}\}/g
const quoted = (words: string[]) => words.map(word => `“${word}”`).join(', ')
const baseOf = (language: string) => language.toLowerCase().split('-')[0]!
const LANGUAGES = new Intl.DisplayNames('en', { type: 'language' })
/** Said in every other mention: they tell nothing apart. */
const COMMON = new Set(
  'this that with have been your yours what when where there they them then than from just like about would could should will their here still some more because please thanks thank hello hier aber auch nicht eine einen haben wird sind schon noch mein meine pour avec dans vous mais plus cette tout para como pero esta este todo porque desde'.split(
    ' ',
  ),
)
