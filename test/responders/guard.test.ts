// What must not be said in public, what is only looked at, and where to write instead. All numbers are the standards' own test values.
import { describe, expect, it } from 'vitest'
import { adviseChannel, type ChannelQuestion } from '../../responders/channel-advice.ts'
import { guard } from '../../responders/guard.ts'
import { sign, unsign } from '../../responders/signature.ts'
import { findCards, maskCards, maskCardsInJson, passesLuhn } from '../../triage/cards.ts'

describe('cards', () => {
  it.each([
    ['4111111111111111', true],
    ['378282246310005', true],
    ['4111111111111112', false],
  ])('Luhn of %s is %s', (digits, valid) => {
    expect(passesLuhn(digits)).toBe(valid)
  })

  it.each([
    ['my card is 4111 1111 1111 1111 thanks', 'my card is •••• •••• •••• 1111 thanks'],
    ['4111-1111-1111-1111', '••••-••••-••••-1111'],
    ['378282246310005!', '•••••••••••0005!'],
    ['4111 1111 1111 1111 12/27 123', '•••• •••• •••• 1111 12/27 123'],
    ['4111\u00a01111\u00a01111\u00a01111', '••••\u00a0••••\u00a0••••\u00a01111'],
    ['two: 4111111111111111 and 5555555555554444', 'two: ••••••••••••1111 and ••••••••••••4444'],
    ['ref 12 4111 1111 1111 1111', 'ref 12 •••• •••• •••• 1111'],
  ])('covers %s', (text, masked) => {
    expect(maskCards(text)).toBe(masked)
  })

  it.each([
    ['a telephone', 'call +49 1701 2345 6789 0'],
    ['a telephone that passes Luhn', '+4111111111111111'],
    ['an id in a link', 'see https://x.example/i/status/4111111111111111'],
    ['a bare link', 'x.example/status/4111111111111111'],
    ['a wrong check digit', '4111 1111 1111 1112'],
    ['eleven digits', '41111111111'],
    ['twenty digits', '41111111111111111111'],
    ['dates and times', '2026-11-21 10.29 2026-11-22 18.00'],
    ['zeros', '0000 0000 0000 0000'],
  ])('leaves %s alone', (_what, text) => {
    expect(findCards(text)).toEqual([])
  })

  it('covers them in the text fields of a raw body and leaves every other byte', () => {
    const body =
      '{"id": 4111111111111111,"id_str":"4111111111111111", "text":"card \\u0034111 1111 1111 1111 \\ud83d\\ude00 \\"ok\\"","more":{"message":["4111111111111111"]}}'
    expect(maskCardsInJson(body, ['text', 'message'])).toBe(
      '{"id": 4111111111111111,"id_str":"4111111111111111", "text":"card •••• •••• •••• 1111 \\ud83d\\ude00 \\"ok\\"","more":{"message":["••••••••••••1111"]}}',
    )
  })

  it.each(['{"text":"hello 123"}', '{"other":"4111111111111111"}', '[]', '', '{"text":"4111 1111 1111 11', '{"text":4111111111111111}'])(
    'answers null when nothing was covered: %s',
    body => {
      expect(maskCardsInJson(body, ['text'])).toBeNull()
    },
  )

  it('takes a value that equals a key for a value', () => {
    expect(maskCardsInJson('{"kind":"text","text":"4111111111111111"}', ['text'])).toBe('{"kind":"text","text":"••••••••••••1111"}')
  })
})

describe('the guard in public', () => {
  it.each([
    ['card', 'We charged 4111 1111 1111 1111.'],
    ['password', 'Your new password is: hunter42!'],
    ['password', 'Dein Passwort lautet Geheim99'],
    ['password', 'PIN: 4821'],
    ['national_id', 'SSN 123-45-6789 is on file'],
    ['national_id', 'NI number AB 12 34 56 C'],
    ['national_id', 'DNI 12345678Z'],
    ['iban', 'Refund to DE89 3704 0044 0532 0130 00 today'],
    ['iban', 'GB29NWBK60161331926819'],
  ])('blocks a %s: %s', (kind, text) => {
    expect(guard({ text, visibility: 'public' }).blocks.map(found => found.kind)).toEqual([kind])
    expect(guard({ text, visibility: 'private' }).blocks).toEqual([])
    expect(guard({ text, visibility: 'private' }).warnings[0]!.kind).toBe(kind)
  })

  it.each([
    'A password is required to log in.',
    'Reset your password: https://acme.example/reset?code=ab12',
    'Your password is safe.',
    'DNI 12345678A',
    'Order 123-456-789',
    'DE89 3704 0044 0532 0130 01',
    'Open 2026-03-02 from 10:00 to 18:00',
    'That is ticket #1042, version 12.4.1',
  ])('lets through: %s', text => {
    expect(guard({ text, visibility: 'public' })).toEqual({ blocks: [], warnings: [] })
  })

  it('points at the place', () => {
    const text = 'Pay to DE89 3704 0044 0532 0130 00 please'
    const [found] = guard({ text, visibility: 'public' }).blocks
    expect(text.slice(...found!.span!)).toBe('DE89 3704 0044 0532 0130 00')
  })

  it.each([
    ['email', 'Write to ana@acme.example'],
    ['phone', 'Call +1 (555) 010-0199'],
    ['phone', 'Ruf an: 030 901820'],
    ['links', 'https://a.example https://b.example https://c.example'],
    ['questions', 'Which app? Which phone? Since when?'],
    ['sentences', 'One thing. Two things. Three things. Four things.'],
    ['tone', 'As we said, it is out of stock.'],
    ['tone', 'You should have read it.'],
    ['tone', 'That is our policy.'],
    ['tone', 'Unfortunately not.'],
  ])('warns of %s: %s', (kind, text) => {
    const { blocks, warnings } = guard({ text, visibility: 'public' })
    expect([blocks, warnings.map(found => found.kind)]).toEqual([[], [kind]])
  })

  it('does not warn of the brand’s own address and number', () => {
    expect(
      guard({ text: 'care@acme.example or +1 555 0100 199', visibility: 'public', allowed: ['care@acme.example', '+1 (555) 0100-199'] })
        .warnings,
    ).toEqual([])
  })

  it.each([
    ['Thank you for telling us, we see what went wrong and are sorry.', []],
    ['We will look at it, what is the number?', ['A complaint: thank them for telling us, name what went wrong, apologise.']],
  ])('advises on a complaint: %s', (text, expected) => {
    expect(guard({ text, visibility: 'public', category: 'complaint' }).warnings.map(found => found.because)).toEqual(expected)
  })
})

describe('the signature', () => {
  it.each([
    ['Hello', 'Hello ^SB'],
    ['Hello ^SB', 'Hello ^SB'],
    ['Hello ^SB ^SB ', 'Hello ^SB'],
    ['Hello ^AS', 'Hello ^SB'],
    ['Hello ^Team', 'Hello ^SB'],
    ['2 ^ 3', '2 ^ 3 ^SB'],
    ['Hello\n', 'Hello ^SB'],
    ['  ', ''],
    ['^SB', ''],
  ])('%j becomes %j', (text, signed) => {
    expect(sign(text, 'SB')).toBe(signed)
  })

  it('comes off again', () => {
    expect(unsign(sign('So sorry!', 'SB'))).toBe('So sorry!')
  })
})

describe('public or private', () => {
  const ask = (given: Partial<ChannelQuestion>) =>
    adviseChannel({
      category: 'complaint',
      inbound: ['My parcel is late'],
      draft: 'So sorry',
      ourPublicAnswers: 0,
      wroteAgain: false,
      mayPublic: true,
      mayPrivate: true,
      ...given,
    })

  it.each<[string, Partial<ChannelQuestion>, string]>([
    ['an account question', { category: 'account_question' }, 'It is a question about their account.'],
    [
      'a third round in public',
      { ourPublicAnswers: 2, wroteAgain: true },
      'We answered twice in public and they wrote again: it goes back and forth.',
    ],
    [
      'two questions in the draft',
      { draft: 'Which app? Since when?' },
      'The draft asks more than one question: it will go back and forth.',
    ],
    ['a draft that asks for data', { draft: 'Can you send us your order number?' }, 'The draft asks for personal data.'],
    ['a German draft that asks for data', { draft: 'Schick uns bitte deine Bestellnummer' }, 'The draft asks for personal data.'],
    ['an address in what they wrote', { inbound: ['I am cleo@mail.example'] }, 'The customer wrote personal data.'],
    ['their own account', { inbound: ['I cannot get into my account'] }, 'It is about the customer’s own account, order or card.'],
  ])('private for %s', (_what, given, because) => {
    expect(ask(given)).toEqual({ suggests: 'private', because })
  })

  it('public when one comment answers it', () => {
    expect(ask({ draft: 'We open at 9. Is that all right?' })).toMatchObject({ suggests: 'public' })
    expect(ask({ ourPublicAnswers: 2 })).toMatchObject({ suggests: 'public' })
  })

  it('nothing where there is no choice', () => {
    expect(ask({ mayPrivate: false, category: 'account_question' })).toBeNull()
  })
})
