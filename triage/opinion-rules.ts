// What a second opinion adds to a verdict: points for the categories it believes in, never more than a rule of danger, and half a say in the feeling.
import type { Category, SecondOpinion } from '../domain.ts'
import type { Scores } from './scorer.ts'
import { judgedCategories } from './signals/heads.ts'
import type { Rule } from './signals/rule.ts'

/** Points are the logarithm of how many times likelier than chance it holds the category; at most 2.6. */
export function opinionRules(opinion: SecondOpinion | undefined): Rule[] {
  return judgedCategories.flatMap((category): Rule[] => {
    const share = opinion?.categories?.[category] ?? 0
    const points = Math.log(Math.min(1, share) * judgedCategories.length)
    return points > 0 ? [{ signal: 'secondOpinion', category, points, because: opinionWords(opinion!.by, category, share) }] : []
  })
}

/** Half ours, half theirs; without an opinion ours. The rules of danger go by ours alone. */
export function feelingWith(ours: Scores['sentiment'], opinion: SecondOpinion | undefined): Scores['sentiment'] {
  const theirs = opinion?.sentiment
  if (!theirs) return ours
  const total = theirs.negative + theirs.neutral + theirs.positive || 1
  const mean = (label: keyof Scores['sentiment']) => (ours[label] + theirs[label] / total) / 2
  return { negative: mean('negative'), neutral: mean('neutral'), positive: mean('positive') }
}

/** What it said and the verdict does not follow: said too, and worth nothing. */
export function opinionAside(opinion: SecondOpinion | undefined, chosen: Category) {
  const asides: { signal: string; points: number; because: string }[] = []
  for (const [category, share] of Object.entries(opinion?.categories ?? {}))
    if (category !== chosen && share * judgedCategories.length > 1 && share >= 0.5)
      asides.push({ signal: 'secondOpinion', points: 0, because: `${opinionWords(opinion!.by, category, share)}, outweighed` })
  const feeling = opinion?.sentiment && Object.entries(opinion.sentiment).reduce((best, one) => (one[1] > best[1] ? one : best))
  if (feeling) asides.push({ signal: 'secondOpinion', points: 0, because: `second opinion by ${opinion!.by}: sounds ${feeling[0]}` })
  return asides
}

const opinionWords = (by: string, category: string, share: number) =>
  `second opinion by ${by}: ${category.replaceAll('_', ' ')} ${share.toFixed(2)}`
