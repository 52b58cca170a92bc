// What may spread beyond this customer: accusations, press, boycotts, and angry people with many followers.
import type { JudgeContext } from '../../domain.ts'
import { firstCue, has, type Reading } from './reading.ts'
import { cueWords, type Rule } from './rule.ts'

const manyFollowers = 50_000

export function publicityRules(reading: Reading, context: JudgeContext, feeling: { negative: number; positive: number }): Rule[] {
  const rules: Rule[] = []
  const accusation = firstCue(reading, 'prejudice')
  if (accusation && feeling.positive < 0.6) {
    rules.push({
      signal: 'prejudice',
      category: 'pr_risk',
      points: 3.5,
      because: cueWords(reading, accusation),
      span: [accusation.start, accusation.end],
    })
  }
  const spread = firstCue(reading, 'publicity')
  if (
    spread &&
    feeling.negative > 0.5 &&
    has(reading, 'anger', 'fraud', 'safety', 'legal', 'prejudice', 'staff', 'churn', 'abuse', 'product')
  ) {
    rules.push({
      signal: 'publicity',
      category: 'pr_risk',
      points: 2,
      because: cueWords(reading, spread),
      span: [spread.start, spread.end],
    })
  }
  if ((context.followers ?? 0) >= manyFollowers && feeling.negative > 0.6 && context.visibility === 'public') {
    rules.push({
      signal: 'followers',
      category: 'pr_risk',
      points: 8,
      because: `${context.followers!.toLocaleString('en')} followers read this`,
    })
  }
  return rules
}
