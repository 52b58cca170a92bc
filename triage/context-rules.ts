// What is known beside the words: who writes, how often they came, what we had asked, what others write at this hour.
import type { Category, JudgeContext, Reason } from '../domain.ts'
import type { Scores } from './scorer.ts'
import { judgedCategories } from './signals/heads.ts'
import { has, type Reading } from './signals/reading.ts'
import type { Rule } from './signals/rule.ts'

/** This many others with the same words within the hour make a wave. */
const wave = 3
/** Came back this often within a week: the answers so far did not help. */
const again = 2

/** More words than this speak for themselves. */
const fewWords = 14

export function contextRules(reading: Reading, context: JudgeContext, scores: Pick<Scores, 'sentiment'>): Rule[] {
  const isTrouble = has(reading, 'outage', 'fault', 'delay', 'repeat', 'staff', 'product', 'anger', 'churn', 'money', 'account', 'help')
  const isUnhappy = isTrouble && scores.sentiment.positive < 0.5
  return [
    ...comesBack(reading, context, isUnhappy),
    ...isMarked(context, isUnhappy),
    ...answersUs(reading, context),
    ...goesOn(reading, context),
    ...isSpamWave(reading, context, isTrouble),
  ]
}

/** Who writes, and how many others, is worth telling even where it spoke for another category than the one chosen. */
export function contextAside(rules: readonly Rule[], chosen: Category): Reason[] {
  return rules
    .filter(rule => rule.category !== chosen && WORTH_TELLING.includes(rule.signal))
    .map(({ signal, because }) => ({ signal, points: 0, because }))
}

const WORTH_TELLING: readonly string[] = ['contacts', 'earlier', 'vip', 'wave']

function comesBack(reading: Reading, context: JudgeContext, isUnhappy: boolean): Rule[] {
  if (!isUnhappy || has(reading, 'resolved')) return []
  const rules: Rule[] = []
  const contacts = context.contactsThisWeek ?? 0
  if (contacts >= again)
    rules.push({
      signal: 'contacts',
      category: 'complaint',
      points: Math.min(1.5, 0.4 * contacts),
      because: `writes for the ${nth(contacts + 1)} time this week`,
    })
  if (context.earlierTickets > 0)
    rules.push({
      signal: 'earlier',
      category: 'complaint',
      points: Math.min(0.6, 0.2 * context.earlierTickets),
      because: context.earlierTickets === 1 ? 'had a ticket before' : `had ${context.earlierTickets} tickets before`,
    })
  return rules
}

function isMarked(context: JudgeContext, isUnhappy: boolean): Rule[] {
  return context.isVip && isUnhappy
    ? [{ signal: 'vip', category: 'complaint', points: 1, because: 'a customer the team marked as VIP' }]
    : []
}

/** "yes", "AB12", "the blue one": little by itself, all we wanted to hear. */
function answersUs(reading: Reading, context: JudgeContext): Rule[] {
  const asked = context.previous?.direction === 'outbound' && /[?？؟]/.test(context.previous.text)
  if (!asked || has(reading, 'gratitude')) return []
  return [
    { signal: 'answersUs', category: 'irrelevant', points: -6, because: 'it answers what we asked' },
    { signal: 'answersUs', category: 'account_question', points: 1, because: 'it answers what we asked' },
  ]
}

/** "both", "sent", "nope, still the same": the fewer the words, the more it is about what they had written before. */
function goesOn(reading: Reading, context: JudgeContext): Rule[] {
  const category = context.openTicketCategory
  if (!category || !isJudged(category) || reading.wordCount > fewWords || has(reading, 'gratitude', 'resolved')) return []
  const points = reading.wordCount <= 3 ? 5 : reading.wordCount <= 7 ? 2.5 : 1.5
  return [{ signal: 'goesOn', category, points, because: `few words, in a talk about ${category.replaceAll('_', ' ')}` }]
}

/** The same words with the same kind of link from many: nobody's question. */
function isSpamWave(reading: Reading, context: JudgeContext, isTrouble: boolean): Rule[] {
  if (context.similarLastHour < wave || isTrouble || reading.links === 0 || reading.hasQuestionMark) return []
  if (!has(reading, 'offer', 'scam', 'pitch', 'job')) return []
  return [
    {
      signal: 'spam',
      category: 'spam',
      points: Math.min(5, 1.5 + context.similarLastHour * 0.5),
      because: `${context.similarLastHour} others sent the same with a link within the hour`,
    },
  ]
}

const isJudged = (category: Category) => judgedCategories.some(one => one === category)

const nth = (n: number) => (n === 3 ? 'third' : n === 4 ? 'fourth' : n === 5 ? 'fifth' : n > 20 ? 'twentieth' : `${n}th`)
