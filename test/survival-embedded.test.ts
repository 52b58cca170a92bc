// One process on the embedded database, killed at the worst moments and started again: nothing is lost, nothing is sent twice.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbeddedDatabase } from '../db/connect.ts'
import { applyToGraph, emptyGraphState, type GraphEntry } from '../simulators/graph/state.ts'
import { applyToX, emptyXState, mentionedUsers, visiblePost, type XEntry } from '../simulators/x/state.ts'
import { eventually, freePortOfThree, startProduct } from './processes.ts'
import { signIn, visitorOf } from './visitor.ts'

test('kill -9 at any moment loses nothing', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'heed-kill-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const port = await freePortOfThree()
  const url = `http://localhost:${port}`
  const start = () => startProduct('main.ts', { DATA_DIR: dataDir, PORT: String(port) })
  const startAgain = async () => {
    const heed = start()
    await heed.says(/sign in as before/)
    for (const simulator of [1, 2]) await eventually('its platforms', () => control(port + simulator, 'now'))
    return heed
  }
  const journal = (name: 'x' | 'graph') => join(dataDir, 'demo', name, `${name}.jsonl`)
  const pushesTaken = () => (existsSync(journal('x')) ? readFileSync(journal('x'), 'utf8').split('"type":"pushed"').length - 1 : 0)

  // 1: the very first start, while the demo's opening lines arrive.
  let heed = start()
  const [, email, password] = await heed.says(/sign in as (\S+) with the password (\S+)/)
  await eventually('the first mentions to be taken', () => pushesTaken() > 3)
  await heed.kill()

  // 2: amid a burst.
  heed = await startAgain()
  const atFirst = pushesTaken()
  let said = 0
  const burst = (async () => {
    for (; ; said++)
      await control(port + 1, 'post', { from: `burst${said}`, text: `@larkspan the line in my street is slow since Monday (${said})` })
  })()
  // What the kill cut off was not said.
  burst.catch(() => {})
  await eventually('the burst to be well under way', () => pushesTaken() > atFirst + 40, 60_000)
  await heed.kill()
  await expect(burst).rejects.toThrow()
  expect(said).toBeGreaterThan(20)

  // 3: with an answer in its undo delay.
  heed = await startAgain()
  const admin = await signIn(url, email!, password!)
  await control(port + 1, 'post', {
    from: { handle: 'cleo_writes', name: 'Cleo Marsh' },
    text: '@larkspan you billed me twice for order Q7X4, and nobody answers my mails',
  })
  const ticket = await eventually('the ticket', async () => {
    const found = await admin.get('/queue?q=Q7X4')
    return /href="(\/tickets\/\d+)[^"]*" data-number/.exec(found.html)?.[1]
  })
  const sent = await admin.send(
    await admin.get(ticket),
    'id="composer"',
    { text: 'Sorry, Cleo! The second payment is on its way back.' },
    { name: 'then', value: 'open' },
  )
  expect(sent.text).toMatch(/sending in \d+ s/)
  expect(await answersTo(port + 1, 'order Q7X4')).toEqual([])
  await heed.kill()

  heed = await startAgain()
  await eventually('the answer on X', async () => (await answersTo(port + 1, 'order Q7X4')).length > 0, 60_000)
  await eventually('every push to be taken', async () => {
    for (const simulator of [1, 2]) await control(port + simulator, 'retryPushes')
    return (await Promise.all([1, 2].map(simulator => control<{ pending: number }>(port + simulator, 'pushes')))).every(
      ({ pending }) => pending === 0,
    )
  })
  await eventually('nothing to wait', async () =>
    /^heed_deliveries_waiting 0$[\s\S]*^heed_mentions_waiting 0$/m.test((await visitorOf(url).get('/metrics')).html),
  )
  expect(await heed.stop('SIGINT')).toBe(0)

  const written = [...writtenOnX(journal('x')), ...writtenOnFacebook(journal('graph'))]
  const database = await openEmbeddedDatabase({ dir: join(dataDir, 'db'), syncToDisk: false })
  onTestFinished(() => database.close())
  const mentions = await database.db.selectFrom('mentions').select(['externalId', 'state']).where('direction', '=', 'inbound').execute()
  expect(mentions.map(mention => mention.externalId).sort()).toEqual(written.sort())
  expect(mentions.filter(mention => mention.state !== 'triaged')).toEqual([])
  expect(written.length).toBeGreaterThan(said)
  const replies = await database.db.selectFrom('replies').select(['status', 'externalId']).execute()
  expect(replies).toEqual([{ status: 'sent', externalId: expect.any(String) }])
}, 240_000)

async function control<T>(port: number, name: string, given: object = {}): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port}/_sim/${name}`, { method: 'POST', body: JSON.stringify(given) })
  const { result, error } = (await answer.json()) as { result: T; error?: string }
  if (error) throw new Error(error)
  return result
}

async function answersTo(port: number, words: string): Promise<string[]> {
  const posts = await control<{ id: string; text: string }[]>(port, 'posts')
  const post = posts.find(one => one.text.includes(words))
  return post ? (await control<{ text: string }[]>(port, 'replies', { to: post.id })).map(one => one.text) : []
}

/** What customers said to the brand there, by everything that happened there. */
function writtenOnX(journal: string): string[] {
  const state = emptyXState()
  for (const entry of entriesOf<XEntry>(journal)) applyToX(state, entry)
  const isBrand = (id: string | undefined) => state.users.get(id ?? '')?.isBrand === true
  const posts = state.timeline
    .flatMap(id => visiblePost(state, id) ?? [])
    .filter(
      post =>
        !isBrand(post.authorId) &&
        (mentionedUsers(state, post.text).some(user => user.isBrand) || isBrand(post.inReplyToUserId ?? undefined)),
    )
  return [...posts, ...state.messages.filter(message => !isBrand(message.from))].map(one => one.id)
}

function writtenOnFacebook(journal: string): string[] {
  const state = emptyGraphState()
  for (const entry of entriesOf<GraphEntry>(journal)) applyToGraph(state, entry)
  const isToUs = (item: { authorId: string; tags: string[] }, ownerId: string | undefined) =>
    !state.pages.has(item.authorId) && (state.pages.has(ownerId ?? '') || item.tags.length > 0)
  return [
    ...[...state.posts.values()].filter(post => isToUs(post, post.ownerId)),
    ...[...state.comments.values()].filter(comment => isToUs(comment, state.posts.get(comment.postId)?.ownerId)),
    ...[...state.messages.values()].filter(message => !message.fromPage),
  ].map(one => one.id)
}

const entriesOf = <T>(journal: string) =>
  readFileSync(journal, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as T)
