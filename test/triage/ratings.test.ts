// How pleasant words are in their own language, whom a masked name speaks to, and words of danger that are only a manner of speaking.
import { describe, expect, it } from 'vitest'
import { bareContext } from '../../triage/bare.ts'
import { dangerRules } from '../../triage/signals/danger.ts'
import { ratingOf } from '../../triage/signals/ratings.ts'
import { readMention } from '../../triage/signals/reading.ts'

describe('a word is rated in the language of its text', () => {
  it.each([
    ['maravillosa', 'es', 1],
    ['pessimo', 'pt', -1],
    ['lamour', 'fr', 1],
    ['schrecklich', 'de', -1],
    ['schifo', 'it', -1],
    ['bakwas', 'hi', -1],
    ['رائع', 'ar', 1],
    ['terrible', 'en', -1],
  ])('%s in %s', (form, language, sign) => {
    expect(Math.sign(ratingOf(readMention(form).words[0]!.form, language))).toBe(sign)
  })

  it('keeps small words of a language from being read as English', () => {
    expect(ratingOf('die', 'en')).toBeLessThan(0)
    expect(ratingOf('die', 'de')).toBe(0)
  })

  it('gives a word borrowed from English less than its English rating', () => {
    expect(ratingOf('happy', 'de')).toBeGreaterThan(0)
    expect(ratingOf('happy', 'de')).toBeLessThan(ratingOf('happy', 'en'))
  })

  it('counts a Spanish text by Spanish words', () => {
    const reading = readMention('Menuda vergüenza de servicio, una experiencia horrible con la entrega')
    expect(reading.language).toBe('es')
    expect(reading.unpleasant).toBeGreaterThan(reading.pleasant)
  })
})

describe('whom a lone text speaks to', () => {
  it.each([
    ['@brightwave is it down?', true],
    ['@userland is it down?', true],
    ['@user is it down?', false],
    ['is it down?', false],
  ])('“%s”: %s', (text, speaksToUs) => {
    expect(bareContext(text).addressesUs).toBe(speaksToUs)
  })
})

describe('a manner of speaking is no danger, danger beside it is', () => {
  const signals = (text: string) => dangerRules(readMention(text), { positive: 0 }).map(rule => rule.signal)
  it.each([
    ['They told me I never ordered the lamp, the box is right here', []],
    ['There is a charge from a shop I never ordered from', ['fraud']],
    ['The new colours are an assault on my eyes', []],
    ['Your guard assaulted my brother at the gate', ['safety']],
    ['That jingle is an assault on my ears and the speaker caught fire', ['safety']],
  ])('“%s”: %j', (text, expected) => {
    expect(signals(text)).toEqual(expected)
  })
})
