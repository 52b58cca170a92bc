// Selling, luring and begging for clicks.
import { firstCue, has, type Reading } from './reading.ts'
import { cueWords, type Rule } from './rule.ts'

export function spamRules(reading: Reading): Rule[] {
  const rules: Rule[] = []
  const scam = firstCue(reading, 'scam')
  const offer = firstCue(reading, 'offer')
  const isTrouble = has(reading, 'outage', 'fault', 'account', 'delay', 'product')
  if (scam && (reading.links > 0 || offer || (reading.counts.get('scam') ?? 0) > 1) && !isTrouble) {
    rules.push({ signal: 'spam', category: 'spam', points: 3, because: cueWords(reading, scam), span: [scam.start, scam.end] })
  }
  if (offer && (reading.counts.get('offer') ?? 0) > 1 && reading.links > 0 && !isTrouble) {
    rules.push({ signal: 'spam', category: 'spam', points: 2.5, because: cueWords(reading, offer), span: [offer.start, offer.end] })
  }
  return rules
}
