// The PDS is killed and started again under 300 posts and our answers to them: nothing is lost, and nothing is said twice.
import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { recordKeyOf } from '../../connectors/bluesky/record-key.ts'
import { resolveUnsure } from '../../responders/resolve.ts'
import { eventually } from '../../test/processes.ts'
import { type Person, recordsOf, signUp } from './people.ts'
import { openProduct, type Product } from './product.ts'

const PEOPLE = 60
const ROUNDS = 5
const POSTS = PEOPLE * ROUNDS
const KILLED_AFTER = [90, 200]

let brand: Person, people: Person[], heed: Product
beforeAll(async () => {
  brand = await signUp('larkspan')
  people = await Promise.all(Array.from({ length: PEOPLE }, (_, nth) => signUp(`waits-${TOWNS[nth % TOWNS.length]!.toLowerCase()}-${nth}`)))
  heed = await openProduct(brand, { apiBase: inject('network').pdsUrl })
})
afterAll(() => heed?.close())

test(`${POSTS} posts and their answers over two outages: zero lost, zero twice`, async () => {
  const { desk } = heed
  const care = careFor()
  await talks(care.isAnswered)
    .catch(async error => {
      const stuck = await desk.db.selectFrom('replies').select(['status', 'problem', 'attempts']).where('status', '!=', 'sent').execute()
      throw new Error(`${error.message}: ${JSON.stringify(stuck)}`, { cause: error })
    })
    .finally(care.stop)
  await heed.poll()

  const said = (await Promise.all(people.map(person => recordsOf(person)))).flat().map(record => record.uri)
  const mentions = await desk.db.selectFrom('mentions').select(['externalId', 'state']).where('direction', '=', 'inbound').execute()
  const answers = await recordsOf(brand)
  const replies = await desk.db.selectFrom('replies').select(['id', 'externalId', 'status', 'attempts']).execute()
  const answeredTo = answers.map(record => (record.value.reply as { parent: { uri: string } }).parent.uri)
  const again = replies.filter(reply => reply.attempts > 1).length
  const unsure = await desk.db.selectFrom('ticketEvents').select('id').where('kind', '=', 'reply_unsure').execute()
  console.log(
    `in the repositories ${said.length} posts and ${answers.length} answers, in Heed ${mentions.length} mentions and ${replies.length} answers; ` +
      `the PDS was killed ${KILLED_AFTER.length} times; ${again} answers needed another attempt, ` +
      `of ${unsure.length} the outcome was unknown at first, and ${care.decided.length} of those a person sent again`,
  )
  expect(said).toHaveLength(POSTS)
  expect(mentions.map(one => one.externalId).sort()).toEqual(said.sort())
  expect(mentions.filter(one => one.state !== 'triaged')).toEqual([])
  expect(replies.filter(one => one.status !== 'sent')).toEqual([])
  expect(answeredTo.sort()).toEqual(said)
  expect(answers.map(one => one.uri).sort()).toEqual(replies.map(one => one.externalId).sort())
  expect(again + unsure.length).toBeGreaterThan(0)
}, 600_000)

/** Everybody says five things, each once the one before was answered: who writes on before that holds our answer back. */
async function talks(isAnswered: (uri: string) => boolean): Promise<void> {
  let posted = 0
  let outage: Promise<unknown> = Promise.resolve()
  const talk = async (person: Person, who: number) => {
    for (let round = 0; round < ROUNDS; round++) {
      const nth = round * PEOPLE + who
      const text = `@larkspan.test ${TROUBLES[nth % TROUBLES.length]} in ${TOWNS[who % TOWNS.length]}, order ${1000 + nth}`
      const uri = await sayOnce(person, text)
      posted++
      if (KILLED_AFTER.includes(posted)) outage = outage.then(killAndStart)
      await eventually(`an answer to ${text}`, () => isAnswered(uri), 300_000)
    }
  }
  await Promise.all(people.map(talk))
  await outage
}

/** With a key of its own, so that whoever is cut off may say it again without saying it twice. */
async function sayOnce(person: Person, text: string): Promise<string> {
  const rkey = recordKeyOf(newId())
  await eventually(`${text} to be taken`, () => person.post(text, { rkey }).catch(() => isThere(person, rkey)))
  return `at://${person.did}/app.bsky.feed.post/${rkey}`
}

async function isThere({ agent, did }: Person, rkey: string): Promise<boolean> {
  return (await agent.com.atproto.repo.getRecord({ repo: did, collection: 'app.bsky.feed.post', rkey })).success
}

async function killAndStart(): Promise<void> {
  const { controlUrl } = inject('network')
  await command(`${controlUrl}/kill`)
  await new Promise(resolve => setTimeout(resolve, 3_000))
  await command(`${controlUrl}/start`)
}

async function command(url: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST' })
  if (!answer.ok) throw new Error(await answer.text())
}

/** Somebody at the desk: what is heard is answered; the clock runs ahead while nothing is being sent, so waits of a minute pass in moments. */
function careFor() {
  const { db } = heed.desk
  const sent = new Set<string>()
  const decided: unknown[] = []
  let isOver = false
  const work = (async () => {
    const asked = new Map<string, string>()
    while (!isOver) {
      if ((await repliesThatAre('sending')).length === 0) heed.pass(5_000)
      await heed.tick()
      const heard = db.selectFrom('mentions').selectAll().where('direction', '=', 'inbound').where('ticketId', 'is not', null)
      for (const mention of await heard.execute()) {
        if (asked.has(mention.externalId)) continue
        const reply = await heed.answer(mention, `Sorry! We look into ${/order \d+/.exec(mention.text)![0]} at once.`)
        asked.set(mention.externalId, reply.id)
      }
      // What was looked for three times and is not there waits for a person, who lets it go out again.
      for (const lost of await repliesThatAre('unsure'))
        if (!lost.nextReadBackAt) decided.push(await resolveUnsure(heed.desk, lost.id, 'send_again', heed.ana.id))
      const done = new Set((await repliesThatAre('sent')).map(reply => reply.id))
      for (const [uri, replyId] of asked) if (done.has(replyId)) sent.add(uri)
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  })()
  // Told by stop().
  work.catch(() => {})
  return {
    decided,
    isAnswered: (uri: string) => sent.has(uri),
    stop: () => {
      isOver = true
      return work
    },
  }
}

const repliesThatAre = (status: 'sending' | 'sent' | 'unsure') =>
  heed.desk.db.selectFrom('replies').select(['id', 'nextReadBackAt']).where('status', '=', status).execute()

const TROUBLES = [
  'my parcel never arrived',
  'you billed me twice and nobody answers',
  'the router you sent is broken',
  'third time your technician did not come',
  'my number was cut off without a word',
  'your app eats my payment and shows nothing',
  'I want my deposit back, it has been six weeks',
]
const TOWNS = ['Ashford', 'Brindle', 'Corley', 'Dunmere', 'Elsworth', 'Farrow', 'Glynde', 'Hallow', 'Inver', 'Jarrow', 'Kelso']
