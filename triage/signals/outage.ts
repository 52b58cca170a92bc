// Is it everybody's service that fails, or one person's device? And is a wave of the same words coming in?
import type { JudgeContext } from '../../domain.ts'
import { firstCue, has, type Reading } from './reading.ts'
import { cueWords, type Rule } from './rule.ts'

/** This many others with the same words within the hour make a wave. */
const wave = 3
/** So few say of themselves what they are about, or nothing. */
const fewWords = 4
/** Said of anything at all; "anyone else?" asks about one thing only. */
const anybody = /^(for everyone|everybody|no one|other people|lots of people)$/i

export function outageRules(reading: Reading, context: JudgeContext): Rule[] {
  const rules: Rule[] = []
  const down = firstCue(reading, 'outage')
  const fault = firstCue(reading, 'fault')
  const others = firstCue(reading, 'everyone')
  const device = firstCue(reading, 'oneDevice')
  const trouble = down ?? fault
  if (down && !device && !has(reading, 'resolved', 'news')) {
    rules.push({ signal: 'down', category: 'outage_report', points: 1, because: cueWords(reading, down), span: [down.start, down.end] })
  }
  if (down && others)
    rules.push({
      signal: 'everyone',
      category: 'outage_report',
      points: 2,
      because: cueWords(reading, others),
      span: [others.start, others.end],
    })
  else if (fault && others)
    rules.push({
      signal: 'everyone',
      category: 'outage_report',
      points: 1.2,
      because: cueWords(reading, others),
      span: [others.start, others.end],
    })
  if (device && !others && context.similarLastHour < wave) {
    rules.push({
      signal: 'oneDevice',
      category: 'outage_report',
      points: -2.5,
      because: cueWords(reading, device),
      span: [device.start, device.end],
    })
  }
  if (trouble && context.similarLastHour >= wave) {
    rules.push({
      signal: 'wave',
      category: 'outage_report',
      points: Math.min(16, 2 + context.similarLastHour),
      because: `${context.similarLastHour} others said the same within the hour`,
    })
  }
  if (trouble && context.incidentActive && !has(reading, 'resolved')) {
    rules.push({ signal: 'incident', category: 'outage_report', points: 1.5, because: 'an incident is open' })
  }
  const saysWhoseTrouble = others && !anybody.test(reading.text.slice(others.start, others.end))
  if (!trouble && !saysWhoseTrouble && !has(reading, 'delay') && reading.wordCount <= fewWords)
    rules.push({ signal: 'nothingFails', category: 'outage_report', points: -2.5, because: 'it does not say that something fails' })
  if (down && has(reading, 'resolved')) {
    const solved = firstCue(reading, 'resolved')!
    rules.push({
      signal: 'resolved',
      category: 'outage_report',
      points: -2,
      because: cueWords(reading, solved),
      span: [solved.start, solved.end],
    })
  }
  return rules
}
