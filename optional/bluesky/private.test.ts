// Private messages: by way of the real PDS to a chat server named by the app, which asks the directory whether the PDS may speak for us.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import { openLine } from '../../line.ts'
import { eventually } from '../../test/processes.ts'
import { type Chat, startChat } from './chat.ts'
import { type Person, signUp } from './people.ts'
import { openProduct, type Product } from './product.ts'

let brand: Person, cleo: Person, chat: Chat, heed: Product
beforeAll(async () => {
  ;[brand, cleo] = [await signUp('dipper-bank'), await signUp('cleo-banks')]
  chat = await startChat(new Map([brand, cleo].map(({ did, handle }) => [did, handle])))
  heed = await openProduct(brand, { appSecrets: { chatDid: chat.did } })
})
afterAll(async () => {
  await heed?.close()
  await chat?.close()
})

test('a private message is heard, and answered in the same talk once', async () => {
  await direct(cleo, brand, 'my card was stolen in Porto, please block it')
  const heard = await heed.heard('my card was stolen')
  expect(heard).toMatchObject({ visibility: 'private', addressesUs: true })
  const reply = await heed.becomes((await heed.answer(heard, 'It is blocked, Cleo.', 'private')).id, 'sent')
  const { data } = await talk(cleo).getMessages({ convoId: chat.messages[0]!.convoId })
  expect(data.messages.map(one => [(one as { text: string }).text, one.$type])).toEqual([
    [reply.text, 'chat.bsky.convo.defs#messageView'],
    ['my card was stolen in Porto, please block it', 'chat.bsky.convo.defs#messageView'],
  ])
  expect(chat.messages.filter(one => one.from === brand.did)).toHaveLength(1)
  // Our own words come back as the echo of the reply.
  await heed.poll()
  const echoes = await heed.desk.db.selectFrom('mentions').selectAll().where('externalId', '=', reply.externalId!).execute()
  expect(echoes).toMatchObject([{ direction: 'outbound', replyId: reply.id }])
})

test('one whose answer was cut off is found among the talk’s words, and is there once', async () => {
  await direct(cleo, brand, 'and is my other card safe? I am worried')
  const heard = await heed.heard('is my other card safe')
  heed.wire.cutAnswerTo('chat.bsky.convo.sendMessage')
  const reply = await heed.becomes((await heed.answer(heard, 'The other one is safe.', 'private')).id, 'unsure')
  heed.pass(15_000)
  const settled = await heed.becomes(reply.id, 'sent')
  const there = chat.messages.filter(one => one.text === reply.text)
  expect(there.map(one => `${one.convoId}/${one.id}`)).toEqual([settled.externalId])
})

test('from public to private: what may not be said in public goes where the app’s chat DID leads', async () => {
  await cleo.post('@dipper-bank.test you charged my account twice and I want it back')
  const heard = await heed.heard('you charged my account twice')
  const reply = await heed.becomes((await heed.answer(heard, 'Which account is it?', 'private')).id, 'sent')
  expect(chat.messages.at(-1)).toMatchObject({ from: brand.did, text: reply.text })
  expect(new Set(chat.asked.map(one => one.by))).toEqual(new Set([brand.did, cleo.did]))
})

test('the PDS lets a plain app password nowhere near private messages, and Heed knows it without asking', async () => {
  const plain = await openProduct(brand, { privileged: false, appSecrets: { chatDid: chat.did } })
  try {
    const line = await openLine(plain.desk, plain.accountId)
    expect(line.account.capabilities).toEqual({ dms: false })
    await cleo.post('@dipper-bank.test nobody answers my letters')
    await plain.heard('nobody answers my letters')
    expect(plain.wire.calls.filter(name => name.startsWith('chat.'))).toEqual([])
    // Even if we thought otherwise: it is refused, the mentions are read all the same, and the account stays connected.
    await plain.desk.db
      .updateTable('accounts')
      .set({ capabilities: JSON.stringify({ dms: true }) })
      .where('id', '=', plain.accountId)
      .execute()
    await plain.poll()
    const account = await plain.desk.db.selectFrom('accounts').selectAll().where('id', '=', plain.accountId).executeTakeFirstOrThrow()
    expect(account).toMatchObject({ status: 'connected', pollCursor: { dmsAfter: expect.any(String) } })
    expect(bluesky.intake.polling!.unfinished!(account.pollCursor)).toEqual(['dms'])
  } finally {
    await plain.close()
  }
})

const talk = (person: Person) => person.agent.withProxy('bsky_chat', chat.did).chat.bsky.convo

/** As Bluesky's own app does it. */
async function direct(from: Person, to: Person, text: string): Promise<void> {
  const { data } = await talk(from).getConvoForMembers({ members: [to.did] })
  await eventually('the message to be taken', () => talk(from).sendMessage({ convoId: data.convo.id, message: { text } }))
}
