// The signals under the judge: words with their places, phrases, languages and the weights file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cueMeaning, cues } from '../../triage/lexicon/cues.ts'
import { findWeightsFile, loadWeights, readWeights } from '../../triage/signals/heads.ts'
import { readLanguage } from '../../triage/signals/language.ts'
import { findPhrases, phraseFinder } from '../../triage/signals/phrases.ts'
import { readMention } from '../../triage/signals/reading.ts'
import { readWords } from '../../triage/signals/words.ts'
import { pack, train } from '../../triage/train.ts'
import { ownExamples } from '../../triage/training/examples.ts'

describe('words', () => {
  test('keep their place in the original text, emoji and accents included', () => {
    const text = '👨‍👩‍👧 Çalışmıyor!! @brightwave it’s sooooo slow https://t.example/a #fail'
    for (const word of readWords(text)) expect(text.slice(word.start, word.end).trim()).not.toBe('')
    expect(readWords(text).map(word => [word.kind, word.form])).toEqual([
      ['emoji', '👨‍👩‍👧'],
      ['word', 'calismiyor'],
      ['mark', '!!'],
      ['handle', '@'],
      ['word', 'its'],
      ['word', 'soo'],
      ['word', 'slow'],
      ['link', 'http'],
      ['hashtag', 'fail'],
    ])
  })

  test('know capitals and stretched letters', () => {
    expect(readWords('NO nooo')).toMatchObject([
      { shouted: true, stretched: false },
      { shouted: false, stretched: true },
    ])
  })
})

describe('phrases', () => {
  const found = (phrase: string, text: string) => {
    const words = readWords(text).filter(word => word.kind !== 'mark')
    return findPhrases(phraseFinder({ cue: [phrase] }), words).map(hit => text.slice(words[hit.first]!.start, words[hit.last]!.end))
  }

  test('match beginnings, choices and gaps', () => {
    expect(found('crash*', 'it crashed twice')).toEqual(['crashed'])
    expect(found('(still|yet) no', 'still no parcel')).toEqual(['still no'])
    expect(found('is ~ down', 'is your web site down')).toEqual(['is your web site down'])
  })

  test('do not reach over more than three words, nor into the next sentence', () => {
    expect(found('is ~ down', 'is the thing you sold me down')).toEqual([])
    expect(found('is ~ down', 'is it? Down here it rains')).toEqual([])
  })
})

test('every cue says what it means, and is written folded', () => {
  expect(Object.keys(cueMeaning).sort()).toEqual(Object.keys(cues).sort())
  for (const phrases of Object.values(cues)) for (const phrase of phrases) expect(phrase).toBe(phrase.toLowerCase().replace(/[’']/g, ''))
})

test('a negated word is turned round', () => {
  expect(readMention('the food was good').pleasant).toBeGreaterThan(0)
  expect(readMention('the food was not good').unpleasant).toBeGreaterThan(0)
})

describe('language', () => {
  const told = (text: string) => readMention(text).language
  test.each([
    ['en', 'my order has not arrived and nobody picks up the phone'],
    ['es', 'mi pedido no ha llegado y nadie contesta al teléfono'],
    ['de', 'meine Bestellung ist nicht da und niemand geht ans Telefon'],
    ['fr', 'ma commande n’est pas arrivée et personne ne répond'],
    ['pt', 'meu pedido não chegou e ninguém atende o telefone'],
    ['it', 'il mio ordine non è arrivato e nessuno risponde al telefono'],
    ['nl', 'mijn bestelling is niet aangekomen en niemand neemt op'],
    ['tr', 'siparişim hâlâ gelmedi ve kimse telefonu açmıyor'],
    ['sv', 'min beställning har inte kommit och ingen svarar'],
    ['pl', 'moje zamówienie nie dotarło i nikt nie odbiera telefonu'],
    ['ja', '注文した商品がまだ届いていません。どうなっていますか。'],
    ['ru', 'мой заказ до сих пор не пришёл, никто не отвечает'],
  ])('%s: %s', (language, text) => expect(told(text)).toBe(language))

  test('is null when there is too little to tell', () => {
    expect(readLanguage('ok', ['ok'])).toEqual({ language: null, isForeignScript: false })
  })
})

describe('weights', () => {
  test('are small, and found from the sources and from dist/ alike', () => {
    const root = join(import.meta.dirname, '..', '..')
    expect(findWeightsFile(join(root, 'triage', 'signals'))).toBe(findWeightsFile(join(root, 'dist', 'triage', 'signals')))
    expect(readFileSync(findWeightsFile(root)).length).toBeLessThan(3_000_000)
  })

  test('survive packing and reading', () => {
    const weights = loadWeights()
    expect(readWeights(pack(weights))).toEqual(weights)
  })

  test('trained twice are the same, byte for byte', () => {
    const few = ownExamples().filter((_, i) => i % 12 === 0)
    expect(pack(train(few)).equals(pack(train(few)))).toBe(true)
  })
})
