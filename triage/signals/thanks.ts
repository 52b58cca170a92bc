// The thank-you detector: nothing but thanks, so a solved ticket may stay solved.
import { has, type Reading } from './reading.ts'

const mostWords = 12
/** Help that was given, not asked for. */
const forHelp =
  /\b(thanks|thank you|thank u|thankyou|thx|ty|cheers|ta)\b[\p{L} ]{0,16}\bfor (all |)(your|ur|the|all) (quick |kind |great |)(help|assistance)\b/iu

/** Passes "thank you, works now"; fails "thanks for nothing", "great, thanks 🙄", "thanks, but…" and any new matter. */
export function isOnlyThanks(reading: Reading): boolean {
  return (
    has(reading, 'gratitude') &&
    reading.wordCount <= mostWords &&
    reading.links === 0 &&
    !reading.hasQuestionMark &&
    !has(reading, 'question', 'negation', 'but', 'sarcasm', 'suggestion', 'offer', 'scam', 'job', 'pitch') &&
    (!has(reading, 'help') || forHelp.test(reading.text)) &&
    !has(reading, 'outage', 'fault', 'delay', 'repeat', 'staff', 'product', 'anger', 'churn', 'abuse', 'money', 'oneDevice') &&
    !has(reading, 'fraud', 'takeover', 'safety', 'selfHarm', 'threat', 'legal', 'stranded', 'publicity', 'prejudice') &&
    !(has(reading, 'account') && !has(reading, 'resolved'))
  )
}
