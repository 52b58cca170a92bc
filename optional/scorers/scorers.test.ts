// The scorers that need packages of their own: a tiny ONNX model made here, and the sentence encoder whose weights npm holds.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../config.ts'
import { chooseJudges } from '../../triage/scorers/choose.ts'
import { openEncoder } from '../../triage/scorers/encoder.ts'
import { openOnnx } from '../../triage/scorers/onnx.ts'
import { NoAnswer, type Question, type StrongScorer } from '../../triage/scorers/strong-scorer.ts'
import { type Tiny, writeTextModel, writeTokenModel } from './tiny-model.ts'

const packages = import.meta.dirname
const never = new AbortController().signal
const noon = new Date('2026-03-02T12:00:00Z')
const about = (text: string, more: Partial<Question> = {}): Question => ({ text, accountId: 'a', customerId: 'c', postedAt: noon, ...more })
const tiny: Tiny = {
  labels: ['complaint', 'positive_feedback', 'LABEL_9'],
  words: { late: [4, 0, 0], broken: [3, 0, 0], lovely: [0, 5, 0], weather: [0, 0, 9] },
}

describe('an ONNX model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tiny-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each([
    ['token ids', writeTokenModel],
    ['the text itself', writeTextModel],
  ])('that takes %s gives its shares, and leaves out labels that are not ours', async (name, write) => {
    const here = join(folder, name.replaceAll(' ', '-'))
    write(here, tiny)
    const scorer = await openOnnx(here, packages)
    const { opinion } = await scorer.ask(about('my parcel is late and broken'), never)
    expect(opinion.categories!.complaint).toBeCloseTo(Math.exp(7) / (Math.exp(7) + 2), 5)
    expect(Object.keys(opinion.categories!)).toEqual(['complaint', 'positive_feedback'])
    expect((await scorer.ask(about('lovely'), never)).opinion.categories!.positive_feedback).toBeGreaterThan(0.9)
    await scorer.close!()
  })

  test('that knows feelings gives feelings', async () => {
    const here = join(folder, 'feelings')
    writeTokenModel(here, { labels: ['neg', 'neu', 'pos'], words: { awful: [6, 0, 0] } })
    const scorer = await openOnnx(here, packages)
    const { opinion } = await scorer.ask(about('awful'), never)
    expect(opinion.sentiment!.negative).toBeGreaterThan(0.9)
    expect(opinion.categories).toBeUndefined()
  })

  test.each([['🙄'.repeat(10_000)], ['\ud800 late'], [' \u200b '], ['late '.repeat(20_000)]])('answers on bad input %#', async text => {
    const here = join(folder, 'bad')
    writeTokenModel(here, tiny)
    const scorer = await openOnnx(here, packages)
    const answer = await scorer.ask(about(text), never).catch(error => error)
    const shares = answer instanceof NoAnswer ? [] : Object.values<number>(answer.opinion.categories)
    expect(shares.every(share => share >= 0 && share <= 1)).toBe(true)
  })

  test.each<[string, (here: string) => void, RegExp]>([
    ['no model', here => rmSync(join(here, 'model.onnx')), /there is no .*model\.onnx/],
    ['no labels', here => rmSync(join(here, 'labels.json')), /neither labels\.json nor config\.json/],
    ['labels of its own', here => writeFileSync(join(here, 'labels.json'), '["a","b","c"]'), /none of the labels/],
    ['no tokenizer', here => rmSync(join(here, 'tokenizer.json')), /there is no .*tokenizer\.json/],
    ['no ONNX', here => writeFileSync(join(here, 'model.onnx'), 'weights'), /./],
  ])('%s stops the start, and says so', async (name, spoil, words) => {
    const here = join(folder, `spoilt-${name.replaceAll(' ', '-')}`)
    writeTokenModel(here, tiny)
    spoil(here)
    const config = readConfig({ TRIAGE_SCORER: 'onnx', TRIAGE_ONNX_FOLDER: here, TRIAGE_PACKAGES: packages })
    await expect(chooseJudges(config.triage)).rejects.toThrow(words)
  })

  test('is chosen by its name', async () => {
    const here = join(folder, 'chosen')
    writeTextModel(here, tiny)
    const judges = await chooseJudges(readConfig({ TRIAGE_SCORER: 'onnx', TRIAGE_ONNX_FOLDER: here, TRIAGE_PACKAGES: packages }).triage)
    expect(judges).toMatchObject({ scorer: 'linear', strong: { name: 'onnx' }, tokensAMonth: null })
  })
})

describe('the sentence encoder', () => {
  let encoder: StrongScorer
  beforeAll(async () => {
    encoder = await openEncoder(packages, 12)
  })

  test('finds the category of words it never saw', async () => {
    const sure = async (text: string, category: string) =>
      (await encoder.ask(about(text, { accountId: text }), never)).opinion.categories![category as 'spam']!
    for (const [text, category] of [
      ['nothing loads in the whole town, is everybody offline?', 'outage_report'],
      ['what a delightful crew, they made our trip', 'positive_feedback'],
      ['they wasted my whole morning and nobody apologised, dreadful company', 'complaint'],
    ] as const)
      expect(await sure(text, category), text).toBeGreaterThan(2 / 13)
  })

  test('counts other people who mean the same in other words, within the hour', async () => {
    const ask = async (text: string, customerId: string, minutes: number) =>
      (await encoder.ask(about(text, { accountId: 'wave', customerId, postedAt: new Date(noon.getTime() + minutes * 60_000) }), never))
        .opinion.similarLastHour
    expect(await ask('The internet is down in Ashford', 'one', 0)).toBe(0)
    expect(await ask('Internet is not working in Ashford', 'two', 5)).toBe(1)
    expect(await ask('The internet is down in Ashford', 'one', 6)).toBe(1)
    expect(await ask('What time does your shop open on Sunday?', 'three', 7)).toBe(0)
    expect(await ask('The internet is down in Ashford', 'four', 300)).toBe(0)
  })

  test('is not asked about what it was not made for', () => {
    expect(encoder.isFor!('Seit heute morgen geht bei uns gar nichts mehr, das ist ein Witz')).toBe(false)
    expect(encoder.isFor!('nothing has worked since this morning, this is a joke')).toBe(true)
  })
})
