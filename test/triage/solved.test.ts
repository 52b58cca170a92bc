// "It works now": when a customer says that it is over, and the many ways in which the same words say that it is not.
import { expect, test } from 'vitest'
import type { JudgeContext } from '../../domain.ts'
import { judge } from '../../triage/judge.ts'

const context: JudgeContext = {
  ourHandles: ['brightwave'],
  addressesUs: true,
  visibility: 'public',
  isOwn: false,
  hasOpenTicket: true,
  previous: null,
  earlierTickets: 0,
  followers: null,
  similarLastHour: 0,
  isRepeat: false,
  incidentActive: false,
}
const verdictOf = (text: string) => judge({ text, visibility: 'public', direction: 'inbound', platform: 'x', language: null }, context)

test.each([
  '@brightwave it works now',
  'working again my end',
  '@brightwave all sorted, reinstalled the app',
  'it was down all morning, back up now',
  '@brightwave never mind, found it in the settings',
  'nvm, got it working',
  'got my refund this morning @brightwave',
  '@brightwave the parcel has arrived, it was at the neighbours',
  'fixed itself overnight',
  'thanks, that worked',
  '@brightwave got the account back, all good now',
  'issue resolved, cheers',
  '@brightwave somebody had hacked me, your Tom sorted it, cheers',
  'ya funciona, gracias',
  'geht wieder, danke',
  'ça marche maintenant, merci',
  'agora já funciona, obrigado',
  'ora funziona',
  'het doet het weer',
])('over: %s', text => {
  const verdict = verdictOf(text)
  expect(verdict.saysSolved).toBe(true)
  expect(['normal', 'low']).toContain(verdict.priority)
})

test.each([
  'not working now either',
  'is it working again?',
  'it was working again but now it is down',
  'works now, still waiting for the refund',
  'worked for an hour, now it is dead again. fixed my foot',
  'i need this sorted now',
  'when will this be fixed, i need it resolved today',
  'hope it gets sorted out',
  'you said it was all sorted and it is not',
  'apparently it is fixed now. my screen says otherwise',
  'get it fixed now please',
  'never resolved, third time i write',
  'it will be fixed now they told me, again',
  'please sort it out, has to be resolved before friday',
  'my parcel has arrived, smashed to pieces, disgusting',
  'tv works now, the smoke from the box does not stop, it is on fire',
  'oh great, all fixed now 🙄',
  'if it works again i will let you know',
  'until it is resolved i pay nothing',
  'has arrived. wrong size. again. useless',
  'no funciona, dijeron que estaba solucionado',
  'geht wieder nicht',
  'ça marche pas, pas encore résolu',
])('not over: %s', text => expect(verdictOf(text).saysSolved).toBeUndefined())

test('the reason is lit, and costs the score nothing', () => {
  const text = '@brightwave the card reader was down, works again'
  const { reasons } = verdictOf(text)
  const reason = reasons.find(({ signal }) => signal === 'solved')!
  expect(text.slice(...reason.span!)).toBe('works again')
  expect(reason).toMatchObject({ points: 0, because: expect.stringContaining('it says that it is over, so it can wait') })
})
