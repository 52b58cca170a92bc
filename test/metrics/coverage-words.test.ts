// What the ledger says in words: all accounted for, or each gap with its cause, its repair, and until when that is possible.
import { expect, test } from 'vitest'
import type { GapCause, Span } from '../../db/coverage.ts'
import { coverageWords, type Source, upToNow } from '../../metrics/coverage-words.ts'
import { alsoPushed, onlyPushed, type Told } from '../../metrics/heard-otherwise.ts'

const now = new Date('2026-03-02T14:32:00Z')
const clock = (time: string) => new Date(`2026-03-02T${time}:00Z`)
const covered = (from: string, until: string): Span => ({
  fromAt: clock(from),
  untilAt: clock(until),
  state: 'covered',
  cause: null,
  repairedAt: null,
})
const gap = (from: string, until: string, state: Span['state'], cause: GapCause): Span => ({
  fromAt: clock(from),
  untilAt: clock(until),
  state,
  cause,
  repairedAt: state === 'repaired' ? clock(until) : null,
})
const mentions = (spans: Span[], given: Partial<Source> = {}): Source => ({
  name: 'poll:mentions',
  label: 'mentions',
  kind: 'own',
  reach: null,
  spans,
  ...given,
})
const messages = (spans: Span[]): Source => mentions(spans, { name: 'poll:dms', label: 'private messages' })
const pushes = (spans: Span[]): Source => mentions(spans, { name: 'webhook', label: 'pushes', kind: 'pushes' })
const words = (sources: Source[], perHour: number | null = null) =>
  coverageWords(sources, { platform: 'Plain', since: clock('09:00'), now, zone: 'UTC', perHour, patienceMs: 600_000 })

test.each<[string, Source[], string, string]>([
  ['all covered', [mentions([covered('08:00', '14:32')])], 'good', 'Every mention since 09:00 accounted for.'],
  ['listening began later', [mentions([covered('10:15', '14:32')])], 'good', 'Every mention since 10:15 accounted for.'],
  ['nothing asked yet', [mentions([])], 'neutral', 'Not asked yet: the first poll will say.'],
  [
    'one gap was repaired',
    [mentions([covered('08:00', '10:02'), gap('10:02', '11:14', 'repaired', 'platform_down'), covered('11:14', '14:32')])],
    'good',
    'Every mention since 09:00 accounted for. One gap was repaired: mentions, 10:02 to 11:14, because Plain did not answer.',
  ],
  [
    'two lists that missed the same time are one gap',
    [
      mentions([covered('08:00', '10:02'), gap('10:02', '11:14', 'repaired', 'token'), covered('11:14', '14:32')]),
      messages([covered('08:00', '10:02'), gap('10:02', '11:14', 'repaired', 'token'), covered('11:14', '14:32')]),
    ],
    'good',
    'Every mention since 09:00 accounted for. One gap was repaired: mentions and private messages, 10:02 to 11:14, because the sign-in no longer worked.',
  ],
  [
    'a gap that goes on, with no known end of reach',
    [mentions([covered('08:00', '13:02'), gap('13:02', '14:32', 'open', 'limit')])],
    'bad',
    'Mentions since 13:02 are not in yet: Plain asks us to slow down. What was said is read back as soon as Plain answers.',
  ],
  [
    'a gap of minutes is a delay',
    [mentions([covered('08:00', '14:28'), gap('14:28', '14:32', 'open', 'limit')])],
    'warn',
    'Every mention since 09:00 accounted for, but for the last minutes: Plain asks us to slow down.',
  ],
  [
    'what is lost is said, and what was accounted for since',
    [
      mentions([covered('08:00', '10:00'), gap('10:00', '11:00', 'lost', 'token'), covered('11:00', '14:32')], {
        reach: { mentions: 800, source: '', checkedOn: '2026-03-01' },
      }),
    ],
    'warn',
    'Every mention since 11:00 accounted for. Lost: mentions from 10:00 to 11:00, because the sign-in no longer worked. It cannot be read back: Plain shows only its newest 800 mentions.',
  ],
  [
    'pushes are off and polls go on: nothing is lost',
    [mentions([covered('08:00', '14:32')]), pushes([covered('08:00', '12:00'), gap('12:00', '14:32', 'open', 'webhook_off')])],
    'warn',
    'Every mention since 09:00 accounted for. Pushes are missing since 12:00: Plain does not push to us. Polls bring everything meanwhile, only later.',
  ],
  [
    'a search that waits is said, and is no gap in our mentions',
    [
      mentions([covered('08:00', '14:32')]),
      mentions([covered('08:00', '12:00'), gap('12:00', '14:32', 'open', 'capped')], {
        name: 'poll:search:1',
        label: '“heron”',
        kind: 'search',
      }),
    ],
    'warn',
    'Every mention since 09:00 accounted for. Searches wait since 12:00 (“heron”): this month’s cap is spent.',
  ],
])('%s', (_, sources, tone, sentence) => expect(words(sources)).toMatchObject({ tone, sentence }))

test('the end of what can be repaired is named before it comes, and pressed when half of it has gone', () => {
  const reach = { hours: 2, source: '', checkedOn: '2026-03-01' }
  const early = words([mentions([covered('08:00', '14:00'), gap('14:00', '14:32', 'open', 'token')], { reach })])
  expect(early.gaps[0]).toMatchObject({ isPressing: false, repairableUntil: clock('16:00') })
  expect(early.sentence).toContain('It can be read back whole until about 16:00: Plain shows only the last 2 h.')
  const late = words([mentions([covered('08:00', '13:00'), gap('13:00', '14:32', 'open', 'token')], { reach })])
  expect(late.gaps[0]!.isPressing).toBe(true)
})

test('where only so many mentions are shown, the end comes sooner the more is usual', () => {
  const reach = { mentions: 800, source: '', checkedOn: '2026-03-01' }
  const sources = [mentions([covered('08:00', '14:00'), gap('14:00', '14:32', 'open', 'token')], { reach })]
  expect(words(sources, 400).gaps[0]!.repairableUntil).toEqual(clock('16:00'))
  expect(words(sources).gaps[0]!.repairableUntil).toBeNull()
})

test.each([
  ['a delay within patience is no gap', 'connected', covered('08:00', '14:25'), undefined],
  ['nobody polled for longer: we were down', 'connected', covered('08:00', '14:00'), 'we_were_down'],
  ['the sign-in died', 'reconnect', covered('08:00', '14:31'), 'token'],
  ['switched off', 'off', covered('08:00', '14:31'), 'not_connected'],
] as const)('the time nobody has told of yet: %s', (_, status, last, cause) => {
  const tail = upToNow([last], { now, status, patienceMs: 600_000 }).slice(1)
  expect(tail.map(span => span.cause)).toEqual(cause ? [cause] : [])
})

const whole = mentions([covered('08:00', '14:32')])
const alone = (spans: Told[]): Source => mentions(spans, { name: 'pushed', label: 'mentions elsewhere', isOnlyPushed: true, reach })
const reach = { hours: 3, source: '', checkedOn: '2026-03-01' }
const lostPoll = [covered('08:00', '10:00'), gap('10:00', '11:00', 'lost', 'token'), covered('11:00', '14:32')]

test.each<[string, Source[], string, string]>([
  [
    'a poll could not read back so far, but pushes had told of all of it',
    [mentions(alsoPushed(lostPoll, 'all', [covered('08:00', '14:32')]))],
    'good',
    'Every mention since 09:00 accounted for. One gap was repaired: mentions, 10:00 to 11:00, because the sign-in no longer worked.',
  ],
  [
    'pushes had told of half of the time',
    [mentions(alsoPushed(lostPoll, 'all', [covered('10:30', '14:32')]))],
    'warn',
    'Every mention since 10:30 accounted for. Lost: mentions from 10:00 to 10:30, because the sign-in no longer worked. It cannot be read back any more: Plain no longer shows it. One gap was repaired: mentions, 10:30 to 11:00, because the sign-in no longer worked.',
  ],
  [
    'pushes had told of all but what is never pushed',
    [mentions(alsoPushed(lostPoll, { but: 'edits' }, [covered('08:00', '14:32')]))],
    'warn',
    'Every mention since 11:00 accounted for. Perhaps lost: edits from 10:00 to 11:00, because the sign-in no longer worked. The poll could not read back so far. Pushes brought everything else, and Plain does not push these.',
  ],
  [
    'pushes do not tell of that list',
    [mentions(alsoPushed(lostPoll, undefined, [covered('08:00', '14:32')]))],
    'warn',
    'Every mention since 11:00 accounted for. Lost: mentions from 10:00 to 11:00, because the sign-in no longer worked. It cannot be read back any more: Plain no longer shows it.',
  ],
  [
    'what only pushes bring is perhaps lost while they are missing',
    [whole, alone(onlyPushed([covered('08:00', '12:00'), gap('12:00', '14:32', 'open', 'webhook_off')], reach, now))],
    'warn',
    'All else since 09:00 is accounted for. Perhaps lost: mentions elsewhere since 12:00, because Plain does not push to us. Plain lists them nowhere: only a push can bring them.',
  ],
  [
    'what only pushes bring, and nobody pushes',
    [whole, alone([])],
    'warn',
    'Every mention since 09:00 accounted for, but for mentions elsewhere: only pushes tell of them, and Plain pushes nothing to us.',
  ],
  [
    'nobody was there to take what is pushed, and the platform still tries',
    [whole, alone(onlyPushed([covered('08:00', '12:00'), gap('12:00', '12:30', 'repaired', 'web_down')], reach, now))],
    'warn',
    'Every mention since 12:30 accounted for. Mentions elsewhere from 12:00 to 12:30 may still come. Plain pushes again for 3 h what was not taken.',
  ],
  [
    'nobody was there, and the platform has tried since',
    [whole, alone(onlyPushed([covered('08:00', '10:00'), gap('10:00', '10:30', 'repaired', 'web_down')], reach, now))],
    'good',
    'Every mention since 09:00 accounted for. One gap was repaired: mentions elsewhere, 10:00 to 10:30, because Heed’s web process was not running.',
  ],
  [
    'a broken stream only delays what searches find',
    [
      whole,
      mentions([covered('08:00', '14:30')], { kind: 'search', label: 'search for “heron”', term: 'heron' }),
      mentions(
        [covered('08:00', '13:00'), gap('13:00', '13:50', 'repaired', 'platform_down'), gap('13:50', '14:32', 'open', 'platform_down')],
        {
          kind: 'stream',
          label: 'stream of “heron”',
          term: 'heron',
        },
      ),
    ],
    'warn',
    'Every mention since 09:00 accounted for. Streams are broken since 13:00 (stream of “heron”): the connection to Plain broke. Searches find it all the same, only later.',
  ],
])('%s', (_, sources, tone, sentence) => expect(words(sources)).toMatchObject({ tone, sentence }))

test('each watch term says since when it found everything, and whether it is told at once', () => {
  const term = (name: string, kind: 'search' | 'stream', spans: Span[]): Source =>
    mentions(spans, { kind, label: `${kind} “${name}”`, term: name, name: `${kind}:${name}` })
  const sources = [
    whole,
    term('heron', 'search', [covered('08:00', '14:30')]),
    term('heron', 'stream', [covered('08:00', '14:31')]),
    term('lounge', 'search', [covered('08:00', '12:00'), gap('12:00', '14:32', 'open', 'limit')]),
    term('cargo', 'search', [covered('08:00', '14:20')]),
    term('cargo', 'stream', [covered('08:00', '13:00'), gap('13:00', '14:32', 'open', 'platform_down')]),
    term('miles', 'search', [gap('09:30', '10:00', 'lost', 'spent'), covered('10:00', '14:30')]),
    term('new one', 'search', []),
  ]
  expect(words(sources).terms.map(one => [one.name, one.tone, one.words])).toEqual([
    ['heron', 'good', 'Every post since 09:00 found, as far as the search of 14:30. It is told at once.'],
    ['lounge', 'warn', 'Not searched for since 12:00: Plain asks us to slow down.'],
    [
      'cargo',
      'warn',
      'Every post since 09:00 found, as far as the search of 14:20. The stream is broken since 13:00: only searches find it meanwhile.',
    ],
    ['miles', 'warn', 'Every post since 10:00 found, as far as the search of 14:30. Lost: 09:30 to 10:00.'],
    ['new one', 'neutral', 'Not searched for yet.'],
  ])
})
