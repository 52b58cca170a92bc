// The whole life of one mention: webhook → ticket → approved → sent → read by the customer, through the real app and both simulators.
import { expect, test, vi } from 'vitest'
import { sweep } from '../clock.ts'
import type { ReplyRow } from '../db/replies.ts'
import type { TicketRow } from '../db/tickets.ts'
import { eventually } from './processes.ts'
import { openStage, type Stage } from './stage.ts'
import type { Button, Seen, Visitor } from './visitor.ts'

// Each opens a product of its own, with databases, sign-ins and all.
vi.setConfig({ testTimeout: 90_000 })

const COMPLAINT = 'my flight was cancelled again and nobody answers your phone, third time this month'
const OUTAGE = 'your app is down, I cannot check in, is it broken for anyone else?'
const cleo = { handle: 'cleo_writes', name: 'Cleo Marsh' }

test('a public mention on X is answered in public by plain forms, and the customer reads the answer below their words', async () => {
  const { x, handle, teammate, ticketAbout, ticket, events, settled } = await openStage()
  const ana = await teammate('Ana Silva', 'rep')
  const mention = x.post({ from: cleo, text: `@${handle} ${COMPLAINT}` })

  const queue = await eventually('the mention in the queue', () => pageSaying(ana, '/queue', COMPLAINT))
  const path = /href="(\/tickets\/\d+)/.exec(queue.html)![1]!
  const taken = await ana.send(await ana.get(path), `action="${path}/claim`)
  expect(taken.text).toContain('It is yours')
  await ana.send(taken, COMPOSER, { text: 'So sorry, Cleo! You are on the 18:40 now.' }, { name: 'then', value: 'open' })

  const [answer] = await eventually('the answer on X', () => someOf(x.replies({ to: mention.id })))
  expect(answer).toMatchObject({
    author: handle,
    byApp: true,
    text: '@cleo_writes So sorry, Cleo! You are on the 18:40 now. ^AS',
    inReplyTo: mention.id,
  })
  const shown = await eventually('“sent” on the page', () => pageSaying(ana, path, 'sent ↗'))
  expect(shown.html).toContain(`/status/${answer!.id}"`)
  const solved = await ana.send(shown, `action="${path}/solution`)
  expect(solved.text).toContain('Solved')

  await settled()
  const { id } = await ticketAbout(COMPLAINT)
  expect(await ticket(id)).toMatchObject({ status: 'solved', waitingSince: null, responseDueAt: null })
  expect(await events(id)).toEqual(['opened', 'assigned', 'status_changed', 'reply_approved', 'answered', 'solved'])
})

test('a private message on X is answered in private', async () => {
  const { x, handle, teammate, ticketAbout } = await openStage()
  x.directMessage({ from: cleo, to: handle, text: `My booking code is QX4RTZ, ${COMPLAINT}` })
  const ana = await teammate('Ana Silva', 'rep')
  await answer(ana, await ticketAbout(COMPLAINT), { text: 'Found it, you fly tonight at 18:40.' })
  const messages = await eventually('the answer in the chat', () => someOf(x.messages({ between: handle, and: 'cleo_writes' }), 2))
  expect(messages.at(-1)).toMatchObject({ from: handle, to: 'cleo_writes', text: 'Found it, you fly tonight at 18:40. ^AS' })
})

test('a move to DM is two messages: the private one, and then the public pointer to it', async () => {
  const { x, handle, teammate, ticketAbout, ticket, events, desk, settled } = await openStage()
  const mention = x.post({ from: cleo, text: `@${handle} ${COMPLAINT}` })
  const ana = await teammate('Ana Silva', 'rep')
  const { id, number } = await ticketAbout(COMPLAINT)
  await answer(
    ana,
    { number },
    { way: 'private', text: 'Hello Cleo, which booking code is it?', pointerText: 'I just wrote to you, Cleo.' },
    { name: 'then', value: 'pending' },
  )
  const [pointer] = await eventually('the pointer on X', () => someOf(x.replies({ to: mention.id })))
  expect(pointer!.text).toBe('@cleo_writes I just wrote to you, Cleo. ^AS')
  const [message] = x.messages({ between: handle, and: 'cleo_writes' })
  expect(message).toMatchObject({ from: handle, text: 'Hello Cleo, which booking code is it? ^AS' })
  expect(Date.parse(message!.at)).toBeLessThanOrEqual(Date.parse(pointer!.at))

  await eventually('both halves to be sent', async () => (await repliesOn(desk, id)).every(reply => reply.status === 'sent'))
  await settled()
  expect(await ticket(id)).toMatchObject({ status: 'pending', waitingSince: null })
  // One answer in two halves: the first to go out ends the turn.
  expect((await events(id)).filter(kind => kind === 'answered' || kind === 'reply_sent')).toEqual(['answered', 'reply_sent'])
})

test('a comment on Facebook is answered below it', async () => {
  const { graph, pageName, teammate, ticketAbout } = await openStage()
  const post = graph.post({ page: pageName, from: pageName, message: 'Three new routes from May.' })
  const comment = graph.comment({ on: post.id, from: 'Cleo Marsh', message: `Heron Air, ${COMPLAINT}` })
  const ana = await teammate('Ana Silva', 'rep')
  await answer(ana, await ticketAbout(COMPLAINT), { text: 'So sorry! You are on the 18:40 now.' })
  const [below] = await eventually('the answer below the comment', () => someOf(graph.replies({ to: comment.id })))
  expect(below).toMatchObject({ author: pageName, isOurs: true, message: 'So sorry! You are on the 18:40 now. ^AS', parentId: comment.id })
})

test('a mention in a caption on Instagram, told by its place alone, is fetched and answered there', async () => {
  const { graph, handle, teammate, ticketAbout } = await openStage()
  const photo = graph.photo({ from: 'Cleo Marsh', caption: `@${handle} ${COMPLAINT}` })
  const ana = await teammate('Ana Silva', 'rep')
  await answer(ana, await ticketAbout(COMPLAINT), { text: 'So sorry! You are on the 18:40 now.' })
  const [below] = await eventually('the answer below the photo', () => someOf(graph.instagramComments({ on: photo.id })))
  expect(below).toMatchObject({ isOurs: true, text: 'So sorry! You are on the 18:40 now. ^AS', parentId: null })
})

test('a direct message on Instagram is answered in the app itself: its echo ends the turn', async () => {
  const { graph, handle, ticketAbout, ticket } = await openStage()
  graph.direct({ account: handle, from: 'Cleo Marsh', text: `Hello, ${COMPLAINT}` })
  const { id } = await ticketAbout(COMPLAINT)
  expect((await ticket(id)).waitingSince).not.toBeNull()
  graph.direct({ account: handle, from: 'Cleo Marsh', text: 'We rebooked you, Cleo.', byAccount: true })
  await eventually('the turn to end', async () => (await ticket(id)).waitingSince === null)
})

test('a Messenger message is answered in the chat', async () => {
  const { graph, pageName, teammate, ticketAbout } = await openStage()
  graph.message({ page: pageName, from: 'Cleo Marsh', text: `Hello, ${COMPLAINT}` })
  const ana = await teammate('Ana Silva', 'rep')
  await answer(ana, await ticketAbout(COMPLAINT), { text: 'So sorry! You are on the 18:40 now.' })
  const messages = await eventually('the answer in the chat', () => someOf(graph.messages({ customer: 'Cleo Marsh' }), 2))
  expect(messages.at(-1)).toMatchObject({ fromPage: true, text: 'So sorry! You are on the 18:40 now. ^AS', answersComment: null })
})

test('a comment on Facebook is answered in private once, and then no second time', async () => {
  const { graph, pageName, teammate, ticketAbout, desk } = await openStage()
  const post = graph.post({ page: pageName, from: pageName, message: 'Three new routes from May.' })
  const comment = graph.comment({ on: post.id, from: 'Cleo Marsh', message: `Heron Air, ${COMPLAINT}` })
  const ana = await teammate('Ana Silva', 'rep')
  const { id, number } = await ticketAbout(COMPLAINT)
  await answer(ana, { number }, { way: 'private', text: 'Hello Cleo, which booking code is it?' })
  const [message] = await eventually('the private answer', () => someOf(graph.messages({ customer: 'Cleo Marsh' })))
  expect(message).toMatchObject({ fromPage: true, answersComment: comment.id })
  await eventually('it to be sent', async () => (await repliesOn(desk, id))[0]!.status === 'sent')

  const page = await ana.get(`/tickets/${number}`)
  expect(page.text).toContain('Private: not possible. The one private message Facebook allows for a comment was sent')
  const stopped = await ana.send(page, COMPOSER, { way: 'private', text: 'And one more thing.' })
  expect(stopped).toMatchObject({ status: 422 })
  expect(graph.messages({ customer: 'Cleo Marsh' })).toHaveLength(1)
})

test('our own words coming back are the echo of the reply, not a second answer', async () => {
  const { x, graph, handle, pageName, teammate, ticketAbout, desk, events, settled } = await openStage()
  const ana = await teammate('Ana Silva', 'rep')
  x.post({ from: cleo, text: `@${handle} ${COMPLAINT} on X` })
  x.directMessage({ from: { handle: 'dora_d' }, to: handle, text: `${COMPLAINT} in private` })
  const post = graph.post({ page: pageName, from: pageName, message: 'Three new routes from May.' })
  graph.comment({ on: post.id, from: 'Edda Lund', message: `${COMPLAINT} in a comment` })
  graph.message({ page: pageName, from: 'Finn Aske', text: `${COMPLAINT} in Messenger` })
  for (const where of ['on X', 'in private', 'in a comment', 'in Messenger']) {
    const { id, number } = await ticketAbout(`${COMPLAINT} ${where}`)
    await answer(ana, { number }, { text: `Sorry ${where}! You are on the 18:40 now.` })
    const [echo] = await eventually(`the echo ${where}`, async () =>
      someOf(await desk.db.selectFrom('mentions').selectAll().where('ticketId', '=', id).where('direction', '=', 'outbound').execute()),
    )
    await settled()
    const [reply] = await repliesOn(desk, id)
    expect(echo).toMatchObject({ replyId: reply!.id, externalId: reply!.externalId })
    expect((await events(id)).filter(kind => kind === 'answered')).toHaveLength(1)
  }
})

test('an answer written in the native app closes the turn', async () => {
  const { x, graph, handle, pageName, ticketAbout, ticket, desk } = await openStage()
  const mention = x.post({ from: cleo, text: `@${handle} ${COMPLAINT} on X` })
  graph.message({ page: pageName, from: 'Finn Aske', text: `${COMPLAINT} in Messenger` })
  const [onX, inChat] = [await ticketAbout('on X'), await ticketAbout('in Messenger')]
  expect([onX.waitingSince, inChat.waitingSince]).toEqual([expect.any(Date), expect.any(Date)])
  x.post({ from: handle, text: 'So sorry! You are on the 18:40 now.', inReplyTo: mention.id })
  graph.message({ page: pageName, from: 'Finn Aske', text: 'So sorry! You are on the 18:40 now.', byPage: true })
  for (const { id } of [onX, inChat]) {
    const after = await eventually('the turn to end', async () => {
      const now = await ticket(id)
      return now.waitingSince === null && now
    })
    expect(after).toMatchObject({ status: 'open', responseDueAt: null, firstRespondedAt: expect.any(Date) })
    expect(
      await desk.db.selectFrom('ticketEvents').select('actor').where('ticketId', '=', id).where('kind', '=', 'answered').execute(),
    ).toEqual([{ actor: 'native app' }])
  }
})

test("a customer's edit replaces what is shown, and holds the answer that was on its way", async () => {
  const { graph, pageName, teammate, ticketAbout, desk, settled } = await openStage()
  const post = graph.post({ page: pageName, from: pageName, message: 'Three new routes from May.' })
  const comment = graph.comment({ on: post.id, from: 'Cleo Marsh', message: `${COMPLAINT}` })
  const ana = await teammate('Ana Silva', 'rep', 2)
  const { id, number } = await ticketAbout(COMPLAINT)
  await answer(ana, { number }, { text: 'So sorry! You are on the 18:40 now.' })
  graph.edit({ id: comment.id, message: 'My flight was cancelled twice, and my suitcase is gone' })
  await settled()
  const page = await eventually('the new words', () => pageSaying(ana, `/tickets/${number}`, 'my suitcase is gone'))
  expect(page.text).toContain('edited')
  const [held] = await eventually('the answer to be held', async () =>
    someOf((await repliesOn(desk, id)).filter(reply => reply.status === 'draft')),
  )
  expect(held!.problem).toContain('the customer edited what they wrote')
  expect(graph.replies({ to: comment.id })).toEqual([])
})

test('what a customer deletes is gone from every page, and is not answered', async () => {
  const { graph, pageName, teammate, ticketAbout, desk } = await openStage()
  const post = graph.post({ page: pageName, from: pageName, message: 'Three new routes from May.' })
  const comment = graph.comment({ on: post.id, from: 'Cleo Marsh', message: `${COMPLAINT}` })
  const ana = await teammate('Ana Silva', 'rep', 2)
  const { id, number } = await ticketAbout(COMPLAINT)
  await answer(ana, { number }, { text: 'So sorry! You are on the 18:40 now.' })
  graph.remove({ id: comment.id })
  const page = await eventually('“deleted”', () => pageSaying(ana, `/tickets/${number}`, 'deleted by the customer'))
  expect(page.text).not.toContain('nobody answers your phone')
  expect((await ana.get('/queue')).text).not.toContain('nobody answers your phone')
  const [reply] = await repliesOn(desk, id)
  expect(reply).toMatchObject({ status: 'refused', externalId: null, problem: expect.stringContaining('deleted what this answers') })
})

test('a post that was deleted on X, where nobody tells us, is seen to be gone before it is answered', async () => {
  const { x, handle, teammate, ticketAbout, desk } = await openStage()
  const mention = x.post({ from: cleo, text: `@${handle} ${COMPLAINT}` })
  const ana = await teammate('Ana Silva', 'rep')
  const { id, number } = await ticketAbout(COMPLAINT)
  x.remove({ id: mention.id })
  await answer(ana, { number }, { text: 'So sorry! You are on the 18:40 now.' })
  const [reply] = await eventually('the refusal', async () => someOf((await repliesOn(desk, id)).filter(one => one.status === 'refused')))
  expect(reply!.problem).toContain('deleted what this answers')
  expect(x.posts({ author: handle })).toEqual([])
})

test('two reps on one ticket: the second send is stopped with both texts, and may then go out all the same', async () => {
  const { x, handle, teammate, ticketAbout } = await openStage()
  const mention = x.post({ from: cleo, text: `@${handle} ${COMPLAINT}` })
  const [ana, ben] = [await teammate('Ana Silva', 'rep'), await teammate('Ben Okoro', 'rep')]
  const { number } = await ticketAbout(COMPLAINT)
  const [hers, his] = [await ana.get(`/tickets/${number}`), await ben.get(`/tickets/${number}`)]
  await ana.send(hers, COMPOSER, { text: 'So sorry! You are on the 18:40 now.' }, OPEN)
  const stopped = await ben.send(his, COMPOSER, { text: 'Which flight was it, Cleo?' }, OPEN)
  expect(stopped.status).toBe(409)
  expect(stopped.text).toMatch(
    /Stopped: something was said since you began .*So sorry! You are on the 18:40 now.*Your words, not sent .*Which flight was it, Cleo\?/,
  )
  await eventually('her answer on X', () => someOf(x.replies({ to: mention.id })))
  expect(x.replies({ to: mention.id })).toHaveLength(1)

  await ben.send(stopped, COMPOSER, {}, { name: 'anyway', value: '1' })
  const both = await eventually('his answer too', () => someOf(x.replies({ to: mention.id }), 2))
  expect(both.map(one => one.text)).toEqual([
    '@cleo_writes So sorry! You are on the 18:40 now. ^AS',
    '@cleo_writes Which flight was it, Cleo? ^BO',
  ])
})

test('the same form sent twice at once is one answer', async () => {
  const { x, handle, teammate, ticketAbout, settled } = await openStage()
  const mention = x.post({ from: cleo, text: `@${handle} ${COMPLAINT}` })
  const ana = await teammate('Ana Silva', 'rep')
  const page = await ana.get(`/tickets/${(await ticketAbout(COMPLAINT)).number}`)
  const both = await Promise.all([1, 2].map(() => ana.send(page, COMPOSER, { text: 'So sorry! You are on the 18:40 now.' }, OPEN)))
  expect(both.map(one => one.status)).toEqual([200, 200])
  await eventually('the answer on X', () => someOf(x.replies({ to: mention.id })))
  await settled()
  expect(x.replies({ to: mention.id })).toHaveLength(1)
})

test('what was accepted and then dropped is unsure, is looked up, and is never sent again', async () => {
  const { x, handle, teammate, ticketAbout, desk, pass } = await openStage()
  const mention = x.post({ from: cleo, text: `@${handle} ${COMPLAINT}` })
  const ana = await teammate('Ana Silva', 'rep')
  const { id, number } = await ticketAbout(COMPLAINT)
  // The echo is lost as well, so that only looking can tell.
  x.holdPushes()
  x.setFault({ kind: 'accepted-then-dropped', method: 'POST', path: '/2/tweets' })
  await answer(ana, { number }, { text: 'So sorry! You are on the 18:40 now.' })
  await eventually('“unsure”', async () => (await repliesOn(desk, id))[0]!.status === 'unsure')
  expect((await ana.get(`/tickets/${number}`)).text).toContain('It may have arrived')
  pass(16_000)
  await sweep(desk)
  const sent = await eventually('it to be found', async () => (await repliesOn(desk, id)).find(reply => reply.status === 'sent'))
  const posted = x.replies({ to: mention.id })
  expect(posted).toHaveLength(1)
  expect(sent.externalId).toBe(posted[0]!.id)
})

test('an outage: declared, told once per platform, its tickets held, and solved by the all-clear', async () => {
  const { x, graph, handle, pageName, teammate, ticketAbout, ticket, pass, settled } = await openStage()
  const lena = await teammate('Lena Roth', 'lead')
  const mention = x.post({ from: cleo, text: `@${handle} ${OUTAGE}` })
  const report = await ticketAbout(OUTAGE)

  const holding = await lena.send(await lena.get('/incidents/new'), 'name="impact"', {
    title: 'Check-in is down',
    impact: 'check in with the app',
    severity: 'SEV1',
  })
  expect(holding.text).toContain('INC-1 is declared')
  const running = await lena.send(holding, 'name="updateId"')
  expect(running.text).toContain('2 posts on the way')
  // The same form once more, by a double click or the Back button.
  await lena.send(holding, 'name="updateId"')
  const isUpdate = (text: string) => text.includes("can't check in with the app") && text.endsWith('^Team')
  await eventually('the update on both platforms', () => x.posts({ author: handle }).length > 0 && graph.posts().length > 0)
  await settled()
  expect(x.posts({ author: handle }).map(post => isUpdate(post.text))).toEqual([true])
  expect(graph.posts().map(post => [post.author, isUpdate(post.message)])).toEqual([[pageName, true]])
  expect((await lena.get('/queue')).text).toContain('INC-1')

  const linked = await lena.send(await lena.get('/incidents/1/matching'), 'name="ticket"')
  expect(linked.text).toContain('1 ticket linked and held')
  expect(await ticket(report.id)).toMatchObject({ isHeld: true, responseDueAt: null })
  const stopped = await lena.send(await lena.get(`/tickets/${report.number}`), COMPOSER, { text: 'We are on it!' }, OPEN)
  expect(stopped.status).toBe(409)
  expect(stopped.text).toContain('One public update reaches everyone')

  await lena.send(await lena.get('/incidents/1'), 'action="/incidents/1/status" class="steps"', {}, { name: 'to', value: 'monitoring' })
  pass(16 * 60_000)
  const review = await lena.send(await lena.get('/incidents/1/all-clear'), 'name="updateId"')
  expect(review.path).toBe('/incidents/1/review')
  const over = await lena.send(review, 'name="shown"')
  expect(over.text).toContain('1 ticket solved')
  expect(await ticket(report.id)).toMatchObject({ status: 'solved' })
  await eventually('the all-clear on both platforms', () => x.posts({ author: handle }).length === 2 && graph.posts().length === 2)
  expect(x.replies({ to: mention.id })).toEqual([])
})

/** The composer's form, and no other on the page. */
const COMPOSER = 'id="composer"'
const OPEN: Button = { name: 'then', value: 'open' }

/** Opens the ticket, writes into the composer as it stands there, presses Send. */
async function answer(rep: Visitor, ticket: Pick<TicketRow, 'number'>, words: Record<string, string>, button = OPEN): Promise<Seen> {
  const page = await rep.send(await rep.get(`/tickets/${ticket.number}`), COMPOSER, words, button)
  if (page.status !== 200) throw new Error(`not sent: ${page.text}`)
  return page
}

async function pageSaying(visitor: Visitor, path: string, words: string): Promise<Seen | false> {
  const page = await visitor.get(path)
  return page.text.includes(words) && page
}

const someOf = <T>(list: T[], atLeast = 1): T[] | false => list.length >= atLeast && list

function repliesOn(desk: Stage['desk'], ticketId: string): Promise<ReplyRow[]> {
  return desk.db.selectFrom('replies').selectAll().where('ticketId', '=', ticketId).orderBy('createdAt').execute()
}
