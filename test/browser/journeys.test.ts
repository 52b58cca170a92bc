// The journeys of SPEC in a real Chromium, by keyboard alone: a newcomer, a rep's keys, a collision, an outage; and without JavaScript.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { describeWith } from '../needs.ts'
import { eventually } from '../processes.ts'
import { type DemoStage, openDemoStage, PASSWORD } from './demo-stage.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

// A customer each: what one writes joins the ticket they have.
const [cleo, dora, edda, fritz, gerd, hanna, iris] = ['Cleo', 'Dora', 'Edda', 'Fritz', 'Gerd', 'Hanna', 'Iris'].map(name => ({
  handle: `${name.toLowerCase()}_writes`,
  name: `${name} Marsh`,
}))
interface Post {
  id: string
  author: string
  text: string
}

describeWith({ Chromium: true }, 'in a browser', () => {
  let stage: DemoStage
  beforeAll(async () => {
    stage = await openDemoStage()
  })
  afterAll(() => stage?.close())
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.picture(task.name)
    expect(stage.complaints()).toEqual([])
  })

  test('a newcomer opens, understands, answers from a template, takes it back, answers for good, and is ticked off step by step', async () => {
    const { page, id } = await stage.teammate('Ana Silva', 'rep', { undoSeconds: 20 })
    const { keyboard } = page
    await says(page, '.first-steps', '0/4')
    await keyboard.press('j')
    await keyboard.press('j')
    const number = await page.locator('.queue-row:focus').getAttribute('data-number')
    await keyboard.press('Enter')
    await opened(page, number)
    await says(page, '.first-steps', '1/4')

    await says(page, '#why p', 'because')
    expect(await page.locator('.bubble.theirs mark').count()).toBeGreaterThan(0)
    await keyboard.press('w')
    await page.locator('#why:not([open])').waitFor()

    await keyboard.press('r')
    await page.locator('#composer-text:focus').waitFor()
    await keyboard.press('/')
    await page.locator('#template-filter:focus').waitFor()
    await keyboard.type('sorry for')
    await keyboard.press('Enter')
    expect(await selected(page)).toMatch(/^\{\{ask:/)
    await keyboard.type('No internet in your street')
    await keyboard.press('Tab')
    expect(await selected(page)).toMatch(/^\{\{ask:/)
    await keyboard.type('A crew is on its way.')
    await says(page, '#composer-count', 'left')
    const words = await composed(page)
    expect(words).toMatch(/No internet in your street.*A crew is on its way\./s)

    await keyboard.press('Control+Enter')
    await says(page, '.toast', `#${number}: sending in`)
    await page.locator(`#ticket:not([data-number="${number}"])`).waitFor()
    await says(page, '.first-steps', '2/4')
    await keyboard.press('z')
    await opened(page, number)
    await eventually('the words in the composer', async () => (await composed(page)) === words)
    await says(page, '.first-steps', '1/4')

    await stage.desk.db.updateTable('teammates').set({ undoSeconds: 0 }).where('id', '=', id).execute()
    await keyboard.press('r')
    await keyboard.press('Control+Enter')
    await page.locator(`#ticket:not([data-number="${number}"])`).waitFor()
    await find(page, `#${number}`)
    const link = page.locator('.bubble.ours a.good')
    await link.waitFor()
    const customer = await stage.window()
    const address = (await link.getAttribute('href'))!
    expect([new URL(stage.xUrl).origin, new URL(stage.facebookUrl).origin]).toContain(new URL(address).origin)
    await customer.goto(address)
    await says(customer, 'body', 'A crew is on its way.')

    await keyboard.press('i')
    await says(page, '.toast', 'It is yours')
    await says(page, '.first-steps', '3/4')
    await keyboard.press('e')
    await says(page, '.toast', 'Solved')
    await says(page, '.first-steps', 'Your reply is in the numbers')
    await goBy(page, 'd', '**/dashboard')
    await customer.close()
    await page.close()
  })

  test('d on an account question writes in private, with the public pointer ready and shown', async () => {
    const mention = await stage.onX<Post>('post', {
      from: cleo,
      text: '@larkspan my invoice is wrong, I was charged twice on my account 4471',
    })
    const { number } = await stage.ticketAbout('charged twice on my account 4471')
    const { page } = await stage.teammate('Ben Okoro', 'rep')
    await find(page, `#${number}`)
    await says(page, '.way-notes', 'Better in private')
    await page.keyboard.press('d')
    await page.locator('#composer[data-way="private"] .pointer[open]').waitFor()
    const pointer = page.locator('[name="pointerText"]')
    await eventually('the pointer’s words', async () => (await pointer.inputValue()).includes('@cleo_writes'))
    await page.keyboard.type('Hello Cleo, I see both charges; one goes back to you today.')
    await page.keyboard.press('Control+Enter')
    const [reply] = await eventually('the pointer on X', async () => someOf(await stage.onX<Post[]>('replies', { to: mention.id })))
    expect(reply!.text).toMatch(/private message on X/)
    const messages = await stage.onX<Post[]>('messages', { between: 'larkspan', and: 'cleo_writes' })
    expect(messages.map(message => message.text)).toEqual(['Hello Cleo, I see both charges; one goes back to you today. ^BO'])
    await page.close()
  })

  test('what is too long for one post goes out as a thread from the box that offers it', async () => {
    const mention = await stage.onX<Post>('post', { from: iris, text: '@larkspan what does the new router need to work in the attic?' })
    const { number } = await stage.ticketAbout('work in the attic')
    const { page } = await stage.teammate('Lea Brandt', 'rep')
    const { keyboard } = page
    await find(page, `#${number}`)
    await keyboard.press('r')
    await page.locator('#composer-text:focus').waitFor()
    const words = Array.from({ length: 30 }, (_, i) => `Step ${i + 1}: turn it once.`).join(' ')
    await keyboard.insertText(words)
    await page.locator('#thread-offer [name="posts"]:enabled').waitFor()
    await keyboard.press('Tab')
    await page.locator('#thread-offer [name="posts"]:focus').waitFor()
    await keyboard.press('Space')
    await says(page, '#composer .send', 'posts')
    await keyboard.press('Control+Enter')
    const [first] = await eventually('the first post on X', async () => someOf(await stage.onX<Post[]>('replies', { to: mention.id })))
    expect(first!.text).toMatch(/^@iris_writes Step 1: turn it once\..*\(1\/\d\)/s)
    const [second] = await eventually('the second below it', async () => someOf(await stage.onX<Post[]>('replies', { to: first!.id })))
    expect(second!.text).toMatch(/\(2\/\d\)/)
    await page.close()
  })

  test('n keeps a note, c corrects the triage, e asks why it is solved, ? lists the keys', async () => {
    await stage.onX('post', { from: dora, text: '@larkspan how do I change the name of my network? Asking for a friend' })
    const { number } = await stage.ticketAbout('Asking for a friend')
    const { page } = await stage.teammate('Cem Aydin', 'rep')
    const { keyboard } = page
    await find(page, `#${number}`)
    await keyboard.press('n')
    await page.locator('#composer[data-way="note"]').waitFor()
    await keyboard.type('Asked the router people.')
    await keyboard.press('Control+Enter')
    await says(page, '.bubble.note', 'Asked the router people.')
    // The note may be told live before its form is answered: until then a key is a letter in it.
    await page.locator('#composer[data-way="public"]').waitFor()

    await keyboard.press('c')
    await page.locator('#correct select:focus').waitFor()
    await keyboard.type('Complaint')
    await keyboard.press('Tab')
    await keyboard.press('Enter')
    await says(page, '.toast', 'Corrected to Complaint')
    await says(page, '.facts-line', 'Complaint')

    await keyboard.press('?')
    await says(page, 'dialog#help[open]', 'Reply in public')
    await keyboard.press('Escape')
    await page.locator('dialog#help').waitFor({ state: 'hidden' })

    await keyboard.press('e')
    await page.locator('#act-solve input:focus').waitFor()
    await keyboard.type('Found it in the guide')
    await keyboard.press('Enter')
    await says(page, '.toast', 'Solved')
    await keyboard.press('z')
    await says(page, '.toast', 'Open again')
    await page.close()
  })

  test('a mention written on the platform’s page appears without reloading; while the hand is on the list it waits for .', async () => {
    const { page } = await stage.teammate('Dana Reyes', 'rep')
    await page.evaluate('window.isTheSamePage = true')
    await page.keyboard.press('j')
    const customer = await stage.window()
    await customer.goto(stage.xUrl)
    await customer.getByLabel('Write as').fill('Ivo Marsh')
    await customer.getByLabel('What happened?').fill('third week without a working line, nobody calls back, I am furious, very very loud')
    await customer.keyboard.press('Tab')
    await customer.getByRole('button', { name: 'Post' }).press('Enter')
    await says(customer, 'body', 'very very loud')
    await stage.ticketAbout('very very loud')

    const row = page.locator('.queue-row', { hasText: 'very very loud' })
    await says(page, '#new-rows', 'new')
    expect(await row.count()).toBe(0)
    await eventually('the row', async () => {
      await page.keyboard.press('.')
      return row.count()
    })
    expect(await page.evaluate('window.isTheSamePage')).toBe(true)
    await customer.close()
    await page.close()
  })

  test('a mention from Review is opened as a ticket in place, and so it is on a phone', async () => {
    await stage.desk.db
      .updateTable('mentions')
      .set({ needsReview: true })
      .where('ticketId', 'is', null)
      .where('direction', '=', 'inbound')
      .execute()
    const { page } = await stage.teammate('Jonas Weil', 'rep')
    for (const [width, isSeen] of [
      [1440, true],
      [390, false],
    ] as const) {
      await page.setViewportSize({ width, height: 844 })
      await page.goto(`${stage.url}/queue?view=review`)
      await page.getByRole('button', { name: 'Open as ticket' }).first().press('Enter')
      await page.locator('#ticket[data-number]').waitFor()
      expect(await page.locator('#composer-text').isVisible()).toBe(true)
      expect(await page.locator('.views').isVisible()).toBe(isSeen)
      expect(await page.locator('#ticket').evaluate(ticket => ticket.getBoundingClientRect().width)).toBeGreaterThan(380)
    }
    await page.close()
  })

  test('two answers at once: the second is stopped with both texts, and goes out only by its own button', async () => {
    const mention = await stage.onX<Post>('post', { from: edda, text: '@larkspan the repair date was moved a third time, this is a joke' })
    const { number } = await stage.ticketAbout('moved a third time')
    const [eva, finn] = [await stage.teammate('Eva Lindt', 'rep'), await stage.teammate('Finn Aske', 'rep')]
    await find(eva.page, `#${number}`)
    await find(finn.page, `#${number}`)
    await finn.page.keyboard.press('r')
    await finn.page.keyboard.type('Which street is it, Cleo?')
    await says(eva.page, '#present', 'Finn Aske is ')
    await eva.page.keyboard.press('r')
    await eva.page.keyboard.type('So sorry, Cleo: tomorrow at nine, for certain.')
    await eva.page.keyboard.press('Control+Enter')
    const replies = () => stage.onX<Post[]>('replies', { to: mention.id })
    await eventually('her answer on X', async () => someOf(await replies()))

    await finn.page.keyboard.press('Control+Enter')
    await says(finn.page, '.stale', 'So sorry, Cleo: tomorrow at nine, for certain.')
    await says(finn.page, '.stale', 'Which street is it, Cleo?')
    expect(await composed(finn.page)).toBe('Which street is it, Cleo?')
    expect(await replies()).toHaveLength(1)
    await finn.page.getByRole('button', { name: 'Send anyway' }).press('Enter')
    await eventually('his answer too', async () => someOf(await replies(), 2))
    await eva.page.close()
    await finn.page.close()
  })

  test('an outage is declared and told in public; a linked ticket is held; the all-clear solves it', async () => {
    const mention = await stage.onX<Post>('post', {
      from: fritz,
      text: '@larkspan internet is down in Osterby, total outage, is it down for anyone else?',
    })
    const { number, id } = await stage.ticketAbout('internet is down in Osterby, total outage')
    const { page } = await stage.teammate('Lena Roth', 'lead')
    const { keyboard } = page
    await goBy(page, 'o', '**/incidents')
    await page.getByRole('link', { name: 'Declare an incident' }).press('Enter')
    await page.locator('[name="title"]:focus').waitFor()
    await keyboard.type('Fibre cut in Osterby')
    await keyboard.press('Tab')
    await keyboard.type('reach the internet in Osterby')
    await keyboard.press('Enter')
    await says(page, 'h1', 'Holding statement')
    await says(page, '[data-preview]', 'reach the internet in Osterby')
    await page.getByRole('button', { name: 'Publish' }).press('Enter')
    await says(page, 'main', 'Fibre cut in Osterby')
    const ours = async () =>
      (await stage.onX<Post[]>('posts', { author: 'larkspan' })).filter(
        post => post.text.includes('in Osterby') && post.text.endsWith('^Team'),
      )
    await eventually('the statement on X', async () => (await ours()).length === 1)

    await goBy(page, 'q', '**/queue')
    await says(page, '.banner.incident', 'Fibre cut in Osterby')
    await find(page, `#${number}`)
    await says(page, '.incident-panel', 'One public update reaches everyone')
    await keyboard.press('y')
    await page.locator('#act-link button:focus').waitFor()
    await keyboard.press('Enter')
    await says(page, '.facts-line', 'held by INC-1')
    await keyboard.press('r')
    await keyboard.type('We are on it!')
    await keyboard.press('Control+Enter')
    await says(page, '.composer [role="alert"]', 'Not sent')
    expect(await composed(page)).toBe('We are on it!')
    expect(await stage.onX<Post[]>('replies', { to: mention.id })).toEqual([])

    await page.goto(`${stage.url}/incidents/1/all-clear`)
    await page.locator('[name="overrideBecause"]').press('F')
    await keyboard.type('ixed and tested')
    await keyboard.press('Enter')
    await says(page, 'h1', 'Solve what it held')
    await page.getByRole('button', { name: 'Solve the ticked ones' }).press('Enter')
    await says(page, 'body', '1 ticket solved')
    await eventually('the all-clear on X', async () => (await ours()).length === 2)
    const ticket = await stage.desk.db.selectFrom('tickets').select('status').where('id', '=', id).executeTakeFirst()
    expect(ticket).toEqual({ status: 'solved' })
    await page.close()
  })

  test('without JavaScript a rep signs in, opens, takes, answers, and solves, by forms', async () => {
    const mention = await stage.onX<Post>('post', { from: gerd, text: '@larkspan the new box has no light at all, what now?' })
    const { number } = await stage.ticketAbout('no light at all')
    const { page } = await stage.teammate('Gita Rao', 'rep', { window: { javaScriptEnabled: false } })
    await says(page, '.first-steps', '0/4')
    const [top] = await page.locator('.queue-row').evaluateAll(rows => rows.map(row => row.getAttribute('data-number')))
    await page.getByRole('link', { name: 'Open the top ticket' }).press('Enter')
    await opened(page, top!)
    await page.locator('.search input').fill(`#${number}`)
    await page.keyboard.press('Enter')
    await page.locator('.queue-row').first().press('Enter')
    await opened(page, number)
    await page.getByRole('button', { name: 'Take', exact: true }).press('Enter')
    await says(page, '.toast', 'It is yours')
    await page.locator('#composer-text').fill('Please hold the small button for ten seconds.')
    await page.getByRole('button', { name: 'Send', exact: true }).press('Enter')
    await says(page, '.toast', 'sending')
    await eventually('the answer on X', async () => someOf(await stage.onX<Post[]>('replies', { to: mention.id })))
    await page.goto(`${stage.url}/tickets/${number}`)
    await says(page, '.bubble.ours', 'Please hold the small button')
    await page.getByRole('button', { name: 'Solve', exact: true }).press('Enter')
    await says(page, '.toast', 'Solved')
    await says(page, '.first-steps', 'Your reply is in the numbers')
    await page.getByRole('button', { name: 'Put the first steps away' }).press('Enter')
    await says(page, '.toast', 'First steps are put away')
    expect(await page.locator('.first-steps').count()).toBe(0)
    await page.close()
  })

  test('who is thrown out while writing signs in again, and the words are still there', async () => {
    await stage.onX('post', { from: hanna, text: '@larkspan the technician rang and left, nobody at the door' })
    const { number } = await stage.ticketAbout('rang and left')
    const { page, id, email } = await stage.teammate('Hugo Stern', 'rep')
    await find(page, `#${number}`)
    await page.keyboard.press('r')
    await page.keyboard.type('Sorry Cleo, he comes back at four.')
    await stage.desk.db.deleteFrom('sessions').where('userId', '=', id).execute()
    await page.keyboard.press('Control+Enter')
    await says(page, 'main', 'Your words are kept below')
    expect(await page.locator('textarea[readonly]').inputValue()).toBe('Sorry Cleo, he comes back at four.')
    await page.locator('[name="email"]').fill(email)
    await page.locator('[name="password"]').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await says(page, 'h1', 'You are signed in again')
    expect(await page.locator('textarea[name="text"]').inputValue()).toBe('Sorry Cleo, he comes back at four.')
    expect(stage.complaints().filter(one => !one.includes('status of 401'))).toEqual([])
    await page.close()
  })
})

/** Opens the ticket as a person does who knows its number: / #1042 Enter j Enter. */
async function find(page: Page, words: string) {
  await page.keyboard.press('/')
  await page.locator('.search input:focus').waitFor()
  await page.keyboard.press('Control+A')
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
  await page.waitForURL(/q=/)
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await opened(page, words.slice(1))
}

const opened = (page: Page, number: string | number | null) => page.locator(`#ticket[data-number="${number}"]`).waitFor()
const says = (page: Page, where: string, words: string) => page.locator(where, { hasText: words }).first().waitFor()
const composed = (page: Page) => page.locator('#composer-text').inputValue()
const selected = (page: Page) =>
  page.locator('#composer-text').evaluate((text: HTMLTextAreaElement) => text.value.slice(text.selectionStart, text.selectionEnd))
const someOf = <T>(list: T[], atLeast = 1): T[] | false => list.length >= atLeast && list

/** `g` and a letter. Keys pressed while a page is still loading are lost, for people too: they press again. */
async function goBy(page: Page, letter: string, url: string) {
  for (let tries = 1; ; tries++) {
    await page.keyboard.press('g')
    await page.keyboard.press(letter)
    try {
      return await page.waitForURL(url, { timeout: 4_000 })
    } catch (error) {
      if (tries === 8) throw error
    }
  }
}
