// Placeholders are filled or stand open, the variant that fits best is offered, a wrong template names its field.
import { describe, expect, it } from 'vitest'
import type { TemplateRow } from '../../db/templates.ts'
import { usualStatusAfter } from '../../responders/handoff.ts'
import { fillTemplate, findPlaceholders, firstNameOf, isKnownPlaceholder } from '../../responders/placeholders.ts'
import { addStarterTemplates, starterTemplates } from '../../responders/starter-templates.ts'
import { createTemplate, pickVariants, retireTemplate, type TemplateForm, updateTemplate } from '../../responders/templates.ts'
import { plainConnector } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

const values = {
  customer: { name: 'Cleo Marsh', handle: 'cleo_writes' },
  agent: { initials: 'AS' },
  ticket: { number: 1042 },
  link: 'https://acme.example/help',
  impact: 'log in',
  next: '14:30 UTC',
}

describe('filling', () => {
  it.each([
    ['Hi {{customer.first_name|there}}!', 'Hi Cleo!'],
    ['{{ customer.first_name | there }}', 'Cleo'],
    ['{{customer.handle}} {{ticket.id}} {{agent.initials}} {{link}}', '@cleo_writes #1042 AS https://acme.example/help'],
    ["can't {{impact}} until {{next}}", "can't log in until 14:30 UTC"],
  ])('%s → %s', (template, text) => {
    expect(fillTemplate(template, values)).toEqual({ text, open: [] })
  })

  it('takes the fallback for a customer without a name', () => {
    expect(fillTemplate('Hi {{customer.first_name|there}}', { customer: { name: '' } }).text).toBe('Hi there')
  })

  it('leaves open what nobody knows, and says where', () => {
    const { text, open } = fillTemplate('Hi {{customer.first_name}}, your {{ask:order number}}?', { customer: { name: '' } })
    expect(open.map(one => [one.name, one.asks, text.slice(...one.span)])).toEqual([
      ['customer.first_name', null, '{{customer.first_name}}'],
      ['ask', 'order number', '{{ask:order number}}'],
    ])
  })

  it('puts in what was asked', () => {
    expect(fillTemplate('{{ask:order number}} is late', { asks: { 'order number': '77' } }).text).toBe('77 is late')
  })

  it('does not fill what a value brings along', () => {
    expect(fillTemplate('Hi {{customer.first_name|there}}', { customer: { name: '{{link}} x' }, link: 'https://evil.example' }).text).toBe(
      'Hi there',
    )
  })

  it.each(['Hi {{customer', 'Hi }} there', '{{nonsense}}'])('a broken or unknown one stays open: %s', text => {
    expect(findPlaceholders(text)).toHaveLength(1)
    expect(isKnownPlaceholder(findPlaceholders(text)[0]!)).toBe(false)
  })

  it.each([
    ['Cleo Marsh', 'Cleo'],
    ['Jean-Luc P.', 'Jean-Luc'],
    ['', undefined],
    ['✨✨', undefined],
    ['C.', undefined],
    ['cleo_writes', undefined],
    ['李明', '李明'],
  ])('the first name of %j is %j', (name, first) => {
    expect(firstNameOf({ name, handle: 'cleo_writes' })).toBe(first)
  })
})

describe('the status after sending', () => {
  it.each([
    ['handoff', 'Please write to us', 'pending'],
    ['answer', 'Which app?', 'pending'],
    ['answer', 'See https://acme.example/?q=1', 'open'],
    ['answer', 'Done!', 'open'],
  ] as const)('%s "%s" → %s', (role, text, status) => {
    expect(usualStatusAfter(role, text)).toBe(status)
  })
})

describe('choosing', () => {
  const row = (name: string, language: string, platform: string | null = null, given: Partial<TemplateRow> = {}): TemplateRow => ({
    id: `${name}-${language}-${platform}`,
    name,
    kind: 'answer',
    platform,
    language,
    text: '',
    version: 1,
    isActive: true,
    uses: 0,
    ownerId: null,
    isDemo: false,
    updatedAt: new Date(0),
    ...given,
  })
  const pick = (rows: TemplateRow[], platform: string, language: string | null) => pickVariants(rows, platform, language).map(one => one.id)

  it.each<[string, TemplateRow[], string | null, string[]]>([
    ['this platform before any', [row('a', 'en'), row('a', 'en', 'plain')], 'en', ['a-en-plain']],
    ['never another platform', [row('a', 'en', 'other')], 'en', []],
    ['the language before the platform', [row('a', 'de'), row('a', 'en', 'plain')], 'de', ['a-de-null']],
    ['the base language before English', [row('a', 'en'), row('a', 'pt')], 'pt-BR', ['a-pt-null']],
    ['English before nothing', [row('a', 'en'), row('b', 'de')], 'fi', ['a-en-null']],
    ['English when nobody knows', [row('a', 'de'), row('a', 'en')], null, ['a-en-null']],
    ['none that was retired', [row('a', 'en', null, { isActive: false })], 'en', []],
  ])('%s', (_what, rows, language, ids) => {
    expect(pick(rows, 'plain', language)).toEqual(ids)
  })
})

describe('keeping templates', () => {
  const form: TemplateForm = {
    name: 'Late parcel',
    kind: 'answer',
    platform: null,
    language: 'en',
    text: 'Hi {{customer.first_name|there}}, sorry!',
  }

  it('a change is the next version, and both are in the audit', async () => {
    const { desk, ana } = await testWorld({ connectors: [plainConnector()] })
    const created = await createTemplate(desk, ana.id, form)
    if (!created.ok) throw new Error('not created')
    expect(await updateTemplate(desk, ana.id, created.template.id, { ...form, text: 'Hi!' })).toMatchObject({
      ok: true,
      template: { version: 2, text: 'Hi!', ownerId: ana.id },
    })
    expect(await retireTemplate(desk, ana.id, created.template.id)).toMatchObject({ isActive: false })
    expect((await desk.db.selectFrom('auditEntries').select('action').orderBy('id').execute()).map(one => one.action)).toEqual([
      'template created',
      'template changed',
      'template retired',
    ])
  })

  it.each<[keyof TemplateForm, Partial<TemplateForm>]>([
    ['name', { name: '  ' }],
    ['name', { name: 'x'.repeat(81) }],
    ['kind', { kind: 'poem' }],
    ['language', { language: 'English' }],
    ['text', { text: '' }],
    ['text', { text: 'Hi {{customer.shoe_size}}' }],
    ['text', { text: 'Hi {{customer.first_name' }],
    ['platform', { platform: 'fax' }],
    ['text', { platform: 'plain', text: 'x'.repeat(1001) }],
  ])('names the field %s: %j', async (field, wrong) => {
    const { desk, ana } = await testWorld({ connectors: [plainConnector()] })
    const saved = await createTemplate(desk, ana.id, { ...form, ...wrong })
    expect(saved.ok ? [] : saved.problems.map(problem => problem.field)).toEqual([field])
  })

  it('refuses a second of the same name, platform and language', async () => {
    const { desk, ana } = await testWorld({ connectors: [plainConnector()] })
    await createTemplate(desk, ana.id, form)
    expect(await createTemplate(desk, ana.id, form)).toMatchObject({ ok: false, problems: [{ field: 'name' }] })
    expect(await createTemplate(desk, ana.id, { ...form, language: 'de' })).toMatchObject({ ok: true })
  })

  it('answers null for an unknown template', async () => {
    const { desk, ana } = await testWorld({ connectors: [plainConnector()] })
    expect(await updateTemplate(desk, ana.id, '00000000-0000-7000-8000-000000000000', form)).toBeNull()
  })

  it('begins with a starter set whose every placeholder is known, once', async () => {
    const { desk } = await testWorld({ connectors: [plainConnector()] })
    for (const starter of starterTemplates) expect(findPlaceholders(starter.text).every(isKnownPlaceholder), starter.text).toBe(true)
    const add = () => desk.db.transaction().execute(tx => addStarterTemplates(tx, { ownerId: null, isDemo: false, now: desk.now() }))
    expect([await add(), await add()]).toEqual([starterTemplates.length, 0])
  })
})
