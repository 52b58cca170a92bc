// Invents signed pushes of the X activity webhook: the same seed gives the same bytes.
import { signBytes } from '../connectors/signature.ts'

/** What must be in the database afterwards, once. */
export interface Expected {
  externalId: string
  threadKey: string
  authorId: string
  text: string
}
export interface Push {
  /** A duplicate repeats the body of an earlier push; a forgery is well made but signed with another key. */
  kind: 'new' | 'duplicate' | 'forged'
  mention: Expected
  body: Buffer
  signature: string
}
export interface GeneratorOptions {
  seed: number
  secret: string
  brand: { id: string; handle: string }
  /** The first push is posted then, each further one a little later. */
  startAt: Date
  /** 0..1 of all pushes. */
  duplicates: number
  forgeries: number
  /** Of the new mentions: their author goes on in a conversation of his own. */
  sameThread?: number
  authors?: number
}

/** Answers with the next push, for ever. */
export function generator(options: GeneratorOptions): () => Push {
  const random = randomFrom(options.seed)
  const { brand, secret, sameThread = 0.4, authors = 20_000 } = options
  const base = 1_900_000_000_000_000_000n + BigInt(options.seed) * 10_000_000_000n
  const recent: Push[] = []
  let count = 0

  return () => {
    const dice = random()
    if (dice < options.duplicates && recent.length) return { ...recent[Math.floor(random() * recent.length)]!, kind: 'duplicate' }
    const push = invent(dice >= options.duplicates && dice < options.duplicates + options.forgeries ? 'forged' : 'new')
    if (push.kind === 'new') {
      if (recent.length < KEPT) recent.push(push)
      else recent[Math.floor(random() * KEPT)] = push
    }
    return push
  }

  function invent(kind: 'new' | 'forged'): Push {
    const externalId = String(base + BigInt(count))
    const earlier = random() < sameThread ? recent[Math.floor(random() * recent.length)] : undefined
    const rank = zipf(random(), authors)
    const authorId = earlier?.mention.authorId ?? String(1_700_000_000_000_100_000n + BigInt(rank))
    const text = `@${brand.handle} ${textOf(random)}`
    const mention: Expected = { externalId, threadKey: earlier?.mention.threadKey ?? externalId, authorId, text }
    const body = Buffer.from(
      bodyOf(mention, earlier?.mention.externalId, brand, new Date(options.startAt.getTime() + Math.floor(count / 10))),
    )
    count++
    return { kind, mention, body, signature: `sha256=${signBytes(kind === 'new' ? secret : `${secret}, or so he thinks`, body, 'base64')}` }
  }
}

/** mulberry32: small, fast, and good enough to draw customers with. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A rank from 0: rank r comes with weight 1 / (r + 1). */
const zipf = (random: number, among: number) => Math.min(among - 1, Math.floor(Math.exp(random * Math.log(among + 1))) - 1)

function textOf(random: () => number): string {
  const template = TEXTS[Math.floor(random() * TEXTS.length)]!
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'n') return String(1000 + Math.floor(random() * 90_000))
    const words = WORDS[name]!
    return words[Math.floor(random() * words.length)]!
  })
}

function bodyOf(mention: Expected, parent: string | undefined, brand: GeneratorOptions['brand'], postedAt: Date): string {
  const { externalId, authorId, threadKey, text } = mention
  const event = {
    data: {
      event_uuid: `2${externalId.slice(1)}`,
      filter: { user_id: brand.id },
      event_type: 'post.mention.create',
      tag: `heed-${brand.id}`,
      payload: {
        id: externalId,
        author_id: authorId,
        conversation_id: threadKey,
        text,
        created_at: postedAt.toISOString(),
        edit_history_tweet_ids: [externalId],
        ...(parent ? { in_reply_to_user_id: authorId, referenced_tweets: [{ type: 'replied_to', id: parent }] } : {}),
        entities: { mentions: [{ start: 0, end: brand.handle.length + 1, username: brand.handle, id: brand.id }] },
        lang: 'en',
        reply_settings: 'everyone',
        possibly_sensitive: false,
      },
      includes: {
        users: [
          userOf(authorId, `traveller_${authorId.slice(-6)}`, `Traveller ${authorId.slice(-6)}`, Number(authorId.slice(-5)) % 4_000),
          userOf(brand.id, brand.handle, 'Heron Air', 52_000),
        ],
        tweets: [],
      },
    },
  }
  const missing = BODY_BYTES - Buffer.byteLength(JSON.stringify(event))
  event.data.includes.users[0]!.description += ABOUT.repeat(Math.ceil(Math.max(0, missing) / ABOUT.length)).slice(0, Math.max(0, missing))
  return JSON.stringify(event)
}

function userOf(id: string, username: string, name: string, followers: number) {
  return {
    id,
    username,
    name,
    description: '',
    verified: false,
    verified_type: 'none',
    protected: false,
    created_at: '2019-04-02T08:15:00.000Z',
    profile_image_url: 'https://example.com/portrait.png',
    public_metrics: { followers_count: followers, following_count: 210, tweet_count: 1830, listed_count: 2, like_count: 940 },
  }
}

const KEPT = 2_000
/** Measured on the X activity stream's documented example with its includes. */
const BODY_BYTES = 2_048
const ABOUT = 'Window seat, hand luggage only, always looking for the next good coffee. '
const WORDS: Record<string, readonly string[]> = {
  city: ['Arlen', 'Port Vale', 'Kesting', 'Marrow Bay', 'Lindholm', 'Castell', 'Oster', 'Nemi'],
  thing: ['bag', 'suitcase', 'pushchair', 'refund', 'voucher', 'seat', 'booking', 'boarding pass'],
  time: ['two hours', 'three days', 'since this morning', 'a week', '40 minutes', 'the whole night'],
  mood: ['Not happy.', 'Please help.', 'Unbelievable.', 'Thanks in advance.', 'What now?', ''],
}
const TEXTS = [
  'my flight to {city} was cancelled and nobody at the desk can help, order {n}. {mood}',
  'where is my {thing}? I have waited {time}, reference {n}. {mood}',
  'your app does not let me log in, it says error {n} since {time}. {mood}',
  'I was charged twice for booking {n}, when do I get my money back? {mood}',
  'how do I change the name on my ticket to {city}? Reference {n}',
  'is the check-in down for everybody in {city}? Nothing works, code {n}',
  'just landed in {city}, flight {n}, lovely crew, thank you!',
  'the seat {n} was broken and the staff in {city} were rude about it. {mood}',
  'can somebody please answer my messages about the {thing}, case {n}? {mood}',
  'urgent: my mother needs a wheelchair in {city} in {time}, flight {n}, nobody answers the phone',
  'win a free trip to {city}!!! follow and click example.com/{n}',
  'flying with you to {city} again next week, gate {n} as always',
  'meine {thing} ist seit {time} weg, Vorgang {n}, bitte um Hilfe',
  'dónde está mi {thing}, llevo {time} esperando, reserva {n}',
  'mon vol pour {city} est annulé, dossier {n}, que dois-je faire ?',
  'the {thing} arrived at last, {n} thanks for sorting it out',
] as const
