// One customer helps another: nothing for us to answer, a like is enough.
import type { JudgeContext } from '../../domain.ts'
import { firstCue, has, type Reading } from './reading.ts'
import { cueWords, type Rule } from './rule.ts'

export function peerRules(reading: Reading, context: JudgeContext): Rule[] {
  const advice = firstCue(reading, 'advice')
  const mayHelp = context.previous?.byOtherCustomer === true && context.previous.direction === 'inbound'
  if (!mayHelp) return [{ signal: 'peer', category: 'peer_answered', points: -6, because: 'it does not answer another customer' }]
  if (!advice || reading.hasQuestionMark || has(reading, 'anger', 'help', 'abuse', 'fraud', 'safety', 'selfHarm', 'threat')) return []
  return [
    { signal: 'peer', category: 'peer_answered', points: 5, because: `${cueWords(reading, advice)}`, span: [advice.start, advice.end] },
  ]
}
