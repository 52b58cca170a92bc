// The contract every platform keeps: what it reads, what it sends, what it may do.
import type { Account, Attachment, Author, Direction, Gesture, Platform, Visibility, WatchTerm } from '../domain.ts'

/** Decrypted secrets of an app or an account: field name → value. */
export type Secrets = Readonly<Record<string, string>>

/** One field of the form in which an operator pastes what the platform gave them. */
export interface SecretField {
  name: string
  label: string
  /** Where to find it, in the platform's own words. */
  hint: string
  required: boolean
}

/**
 * What came in, before anyone read it: a webhook's raw body, or one page of a poll.
 * `source` is `webhook` or `poll:<name of the list>`; `account` is set for polls (externalId of ours). Lists every platform may have:
 * `search:<id of a watch term>`, `stream:<the same>` and `parents`, whose mentions are read as context. `stream:own` is the account's own stream.
 */
export interface Delivery {
  source: string
  headers: Readonly<Record<string, string>>
  body: string
  receivedAt: Date
  account: Pick<Account, 'externalId' | 'handle'> | null
}

/**
 * What a delivery says. `account` is the externalId of the account of ours it concerns; `externalId` is the canonical id.
 * `version` orders what the platform says about one mention: larger is newer; the same or smaller never replaces text.
 */
export type Incoming =
  | { kind: 'mention'; account: string; mention: IncomingMention }
  /** `visibility` is null where the platform does not say: then whatever is known by that id is removed, and nothing else kept of it. */
  | { kind: 'removal'; account: string; visibility: Visibility | null; externalId: string; at: Date | null }
  /** Somebody passed a post on unchanged: counted on that post, `of`, and never a mention. */
  | { kind: 'repost'; account: string; externalId: string; of: string; at: Date }
  /** The owner took our permission away. */
  | { kind: 'revoked'; account: string; reason: string }
  /** The customer wrote something we cannot read (an encrypted chat): shown, with the lawful other way. */
  | {
      kind: 'unreadable'
      account: string
      externalId: string
      author: Author
      threadKey: string
      at: Date
      because: string
      url: string | null
    }
  /**
   * The platform says only where something is, not what it says (Instagram's mentions): `key` and `at` go into the account's cursor,
   * and the account is polled soon. Its `poll` fetches it, and returns the key with '' once that is done.
   */
  | { kind: 'pointer'; account: string; key: PointerKey; at: Date }
  /**
   * One item nobody knows how to read, beside others that were read. The delivery is kept and shown, and read again after the fix.
   * `account` is null where the item does not even say whose it is.
   */
  | { kind: 'unknown'; account: string | null; because: string }

/** A key of the cursor that a delivery put there. */
export type PointerKey = `pointer:${string}`

export interface IncomingMention {
  externalId: string
  visibility: Visibility
  direction: Direction
  threadKey: string
  parentExternalId: string | null
  /** Null when the platform hides it: the customer is then anonymous. */
  author: Author | null
  text: string
  /** Left out: this delivery does not say, and what is known stays; an empty list: there is none (any more). */
  attachments?: readonly Attachment[]
  url: string | null
  addressesUs: boolean
  postedAt: Date
  version: number
  isEdit: boolean
  /** Id to answer when it differs from externalId (X: the newest edit). */
  replyToExternalId?: string
  /** What else it is called over there, such as the ids of its edits: what names one of them as its parent answers this mention. */
  otherIds?: readonly string[]
  /** Our own key, returned by an echo: the reply's id. */
  echoOf?: string
  /** Facts that mayReply will ask for, as plain values. */
  facts?: Record<string, string | number | boolean | null>
}

/** What the connector knows of a mention when asked whether we may answer it. */
export interface Answerable {
  externalId: string
  replyToExternalId: string | null
  visibility: Visibility
  threadKey: string
  author: Author
  addressesUs: boolean
  postedAt: Date
  facts: Readonly<Record<string, string | number | boolean | null>>
}

/** Asked before anyone types. `by` is how: in public, or in private. */
export interface Permission {
  allowed: boolean
  /** Why not, or what to mind ("closes in 3 h"). Plain words for a rep; what it costs is said from `prices`. */
  because: string
  /** A window's end, with our safety margin taken off. */
  until: Date | null
  /** What the rep may do instead, in order. */
  instead: ('private' | 'public' | 'open')[]
  /** US dollars this send costs, if the platform charges. */
  costUsd: number | null
}

export interface PermissionQuestion {
  mention: Answerable
  visibility: Visibility
  /** The draft, when there is one: a link may change the price. */
  text: string
  now: Date
  account: Account
  /** postedAt of the customer's newest private mention to us, which opens Meta's window. */
  lastPrivateInboundAt: Date | null
  /** A private reply to this very comment was already sent (Meta allows one). */
  privateReplySent: boolean
  /** Who asks is no teammate about to type, but an automatic answer. */
  isAutomatic?: boolean
}

/** How long a text is on this platform, by the platform's own rule. */
export interface LengthRule {
  limit: number
  /** `signature included`: the text as it will be sent. */
  count: (text: string) => number
  unit: 'weighted characters' | 'characters' | 'bytes' | 'graphemes'
  /** How the browser may count the same thing while someone types: `web/public` knows these names. */
  rule: 'x-weighted' | 'utf16' | 'utf8-bytes' | 'graphemes'
  source: string
  checkedOn: string
}
export interface Limits {
  public: LengthRule
  private: LengthRule
  /** Null: nothing can be posted there with words alone, and a status update leaves this platform out. */
  status: LengthRule | null
  /** What may go out with the words. */
  pictures: Readonly<Record<'public' | 'private' | 'status', PictureRule | NoPictures>>
}

export type PictureType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp'

/** Which pictures a platform takes beside the words: a dated fact. */
export interface PictureRule {
  /** With one answer. */
  most: number
  /** Of each. */
  maxBytes: number
  /** Width times height. */
  maxPixels?: number
  types: readonly PictureType[]
  /** How long a description may be, in UTF-16 units; null: nobody there would see one, so it stays with us. */
  altLimit: number | null
  /** A message there holds words or one picture: pictures follow the words as messages of their own. */
  isApart?: true
  source: string
  checkedOn: string
}
/** None there, and why, in words for a rep. */
export interface NoPictures {
  most: 0
  because: string
  source: string
  checkedOn: string
}

/** A picture as it goes out: checked against the rule of its way, nothing in it but the picture. */
export interface OutgoingPicture {
  bytes: Uint8Array
  type: PictureType
  alt: string
  width: number
  height: number
}

export interface OutgoingPost {
  /** Our reply's id: the idempotency key where the platform has one, the echo's metadata where it has that. */
  key: string
  text: string
  visibility: Visibility
  /** What it answers; null for a status post. */
  inReplyTo: Answerable | null
  /** A private answer to a public comment, where that is one call of its own. */
  isPrivateReply: boolean
  /** In their order; absent: none. Uploading one is not posting: that fails as `retry` or `refused`, never as `unsure`. */
  pictures?: readonly OutgoingPicture[]
  /** Our own post before this one in a thread, by its externalId: in public this goes right below it, while `inReplyTo` stays the customer's. */
  continues?: string | null
  /** A teammate wrote this to this customer and pressed Send; absent: nobody did, it is automatic or goes to everybody. */
  isByHuman?: boolean
  /** When the customer last wrote to us in private, which opens Meta's windows; absent: the mention it answers is the newest. */
  lastPrivateInboundAt?: Date | null
}
export interface Sent {
  externalId: string
  url: string | null
}

/**
 * How a connector reaches its platform for one account. Never keeps it.
 * `saveSecrets` persists rotated tokens before they are used; it is single-flight per account.
 */
export interface Line {
  account: Account
  /** Secrets of the app and of the account, the account's winning. */
  secrets: Secrets
  apiBase: string | null
  now: () => Date
  /** Runs `refresh` alone for this account across all processes: re-reads the secrets first, stores what it returns before anyone uses it. */
  renewSecrets: (isStale: (secrets: Secrets) => boolean, refresh: (secrets: Secrets) => Promise<Secrets>) => Promise<Secrets>
  /** Rate-limit headers seen: name of the endpoint, what is left, when it resets; `app`: all accounts of the app share it. */
  onBudget?: (endpoint: string, remaining: number, resetAt: Date, of?: { limit?: number; scope?: 'app' }) => void
}

/** Where a poll goes on: kept by us as JSON, meaning only to the connector. */
export type Cursor = Readonly<Record<string, string>>
export interface PollPage {
  /** Name of the list: becomes the delivery's source `poll:<list>`. */
  list: string
  /** JSON the same connector's `read` understands. */
  body: string
}

/** How far back the platform lets us read what we missed: a dated fact. What is older when we come back cannot be repaired. */
export interface Reach {
  mentions?: number
  hours?: number
  source: string
  checkedOn: string
}

export interface Webhook {
  /** GET handshakes (CRC, hub.challenge). Null: not a handshake of ours → 403. */
  handshake: (query: URLSearchParams, app: Secrets) => { status: 200; body: string; type: string } | null
  /** Constant time, on the raw bytes. */
  verify: (rawBody: Uint8Array, headers: Readonly<Record<string, string>>, app: Secrets) => boolean
  /** How long the platform goes on pushing again what we did not take. */
  reach?: Reach
  /** Does the platform push this account's mentions to us, as far as it says? `never`: nobody asked it to, so only polls listen. */
  isSubscribed?: (line: Line, webhookUrl: string) => Promise<'yes' | 'no' | 'never'>
  /**
   * Where several accounts, on this platform or another, hang on one subscription over there: its name, which is the same for all of them,
   * and whether it stands at all. When it is found gone it was gone for each of them, and whoever restores it restores it for all.
   */
  shared?: (line: Line) => Promise<{ name: string; isThere: boolean }>
  /**
   * Asks the platform to push again what it pushed, or tried to, between the two. May be asked once for a stretch, and no further back than
   * `withinMs`; a PlatformError `refused` means that this app may not. Left out: there is no such thing.
   */
  replay?: { withinMs: number; ask: (line: Line, webhookUrl: string, span: { from: Date; until: Date }) => Promise<void> }
  /** What comes by push alone, in a rep's words: nothing lists it, so what was not pushed cannot be read back. Left out: polls bring all. */
  onlyPushed?: string
}
/** One list that a poll walks: the source `poll:<name>` in the coverage ledger. */
export interface PolledList {
  name: string
  /** What stands in it, in a rep's words: "private messages". */
  label: string
  reach?: Reach
  /** What stands in it is pushed too: 'all' of it, or all but this, in a rep's words. Left out: pushes do not tell of it. */
  pushed?: 'all' | { but: string }
}
export interface Polling {
  everyMs: number
  /** The lists of customers' words that a poll of this account walks. Left out: the whole poll is one list. */
  lists?: (account: Account) => readonly PolledList[]
  /** Names of lists that were not walked to their end, as the returned cursor says: they go on in the next poll. */
  unfinished?: (cursor: Cursor) => readonly string[]
  /** Does a budget of this name hold up the whole poll? Left out: each does that the poll met. */
  isHeldUpBy?: (endpoint: string) => boolean
  /** Yields each page, newest or oldest first; the caller stores them all, and only then keeps the returned cursor. */
  poll: (line: Line, cursor: Cursor) => AsyncGenerator<PollPage, Cursor>
}

/** A term as a search asks for it; its id names the list. */
export type Watched = Pick<WatchTerm, 'id' | 'anyOf' | 'noneOf' | 'languages'>
/** Why the platform would not take a term: which field, and what to change. */
export interface TermProblem {
  field: 'anyOf' | 'noneOf' | 'languages'
  because: string
}
/** Finds what was said about us and not to us. */
export interface Search {
  /** Between two searches for one term. */
  everyMs: number
  /** How a term is asked over there, in the platform's own words: shown to whoever writes it. */
  asks: (term: Watched, account: Account) => string
  /** Empty: the platform takes it. */
  problemsOf: (term: Watched, account: Account) => TermProblem[]
  /** Like `poll`, with a cursor for each term; an empty one begins at `since`. Newest first. Reposts are not brought. */
  search: (line: Line, term: Watched, cursor: Cursor, since: Date) => AsyncGenerator<PollPage, Cursor>
  reach?: Reach
  /** The walk was not finished, says the returned cursor: it goes on in the next search. */
  isUnfinished?: (cursor: Cursor) => boolean
}

/** A connection on which the platform tells at once what we would find by asking. One process listens at a time. */
export interface Listening {
  /** Yields pages until the signal aborts; throws when the connection breaks. `connected` is called once it stands. */
  listen: (line: Line, signal: AbortSignal, connected: () => void) => AsyncGenerator<PollPage, void>
  /** How long to wait before the nth attempt in a row, from 1, by the platform's own rules. */
  waitMs: (fault: PlatformError, nth: number) => number
}

/**
 * What happens to one account. Polls find what is missed while it is broken, and prove all the while that nothing was; its pages are called
 * `own`. `listen` throws `refused` where the platform offers this account none: polls then go on as if there were none.
 */
export interface OwnStream extends Listening {
  /** Between two polls while it stands. */
  pollEveryMs: number
}

/**
 * The same as searches, but told at once, over one connection for all accounts of an app. What is missed while it is broken a search brings:
 * nobody else should be asked to. Its pages are called `stream:<term's id>`.
 */
export interface Stream extends Listening {
  /** Null: this app may. Else why not. */
  barredBecause: (line: Line) => string | null
  /** Makes these what the platform watches for, and nothing else of ours; may run while listening. Answers with what it would not take, in words. */
  follow: (line: Line, terms: readonly (Watched & { account: Pick<Account, 'handle'> })[]) => Promise<string[]>
}

/** A mention's parent we do not have, by the platform's ids. */
export interface WantedParent {
  externalId: string
  /** The mention that answers it. */
  childExternalId: string
}
/** Fetches what mentions answer, so that a rep sees it. */
export interface Parents {
  /** How many are asked for together. */
  atOnce: number
  /** Pages called `parents`; `missing` says in words of each parent that cannot be had why. */
  find: (line: Line, wanted: readonly WantedParent[]) => Promise<{ pages: PollPage[]; missing: { externalId: string; because: string }[] }>
}

/** What the platform charges one account, in US dollars: dated facts. */
export interface Prices {
  /** For one mention that came in by this source. */
  read: (source: string, visibility: Visibility) => number
  /** What makes a text cost more than its like, in words: "the link". Left out: nothing does. */
  dearer?: string
  send: (post: Pick<OutgoingPost, 'text' | 'visibility' | 'inReplyTo' | 'continues'>) => number
  source: string
  checkedOn: string
}

/** One gesture, where the platform has it. */
export interface GestureWay {
  /** What it is called over there, as a button says it: "Favourite". */
  label: string
  /** What it is once it is done: "Hidden from others on Facebook". */
  done: string
  /** Asked before it is offered, never before it is taken back. */
  may: (mention: Answerable, account: Account) => GesturePermission
  /** Setting what is set already, or taking away what is not there, is success: so it may be called any number of times. */
  set: (mention: Answerable, isOn: boolean, line: Line) => Promise<void>
}
/** `because`: why not, or what to mind, in plain words for a rep. */
export type GesturePermission = Pick<Permission, 'allowed' | 'because' | 'costUsd'>
/** `never`: why the platform has no such thing for anybody, in plain words. */
export type Gestures = Readonly<Record<Gesture, GestureWay | { never: string }>>

/** The platform's own sign-in (OAuth). */
export interface SignIn {
  /** Where to send the operator. `verifier` is PKCE's, kept by us until the callback. */
  authorizeUrl: (q: { app: Secrets; apiBase: string | null; redirectUri: string; state: string; verifier: string }) => string
  /** Trades the code for what may be connected: one X account, or the pages to choose from. */
  finish: (q: {
    app: Secrets
    apiBase: string | null
    redirectUri: string
    code: string
    verifier: string
    now: Date
  }) => Promise<ConnectableAccount[]>
  scopes: readonly string[]
}
export interface ConnectableAccount {
  externalId: string
  handle: string
  name: string
  secrets: Secrets
  tokenExpiresAt: Date | null
  capabilities: Record<string, string | boolean>
}

/** Where customers' pictures are kept over there: our pages show them through a proxy of ours, which asks nobody else. */
export interface PictureHosts {
  /** `*.name`: anything below that name. Null: any public host, because every server there keeps its own. */
  hosts: readonly string[] | null
  /** Hosts, named in full, that show them to us alone; and the Authorization for them, which is sent nowhere else. */
  signedIn?: { hosts: readonly string[]; authorization: (line: Line) => Promise<string> }
}

export interface Connector {
  platform: Platform
  label: string
  limits: Limits
  /** What the operator pastes for the app, and for one account. The forms are drawn from these. */
  appSecrets: readonly SecretField[]
  accountSecrets: readonly SecretField[]
  intake: { webhook?: Webhook; polling?: Polling; search?: Search; stream?: Stream; ownStream?: OwnStream; parents?: Parents }
  signIn?: SignIn
  /** JSON keys whose values are people's words: where card digits are looked for in a raw body. */
  textKeys: readonly string[]
  /** Throws when nothing of it can be read: the delivery is then kept and shown, and read again after the fix. One odd item among others is `unknown`. */
  read: (delivery: Delivery) => Incoming[]
  mayReply: (question: PermissionQuestion) => Permission
  /** The platform accepted it, or a PlatformError says what to do next. Never retries a write. */
  send: (post: OutgoingPost, line: Line) => Promise<Sent>
  /** Reads back after an unknown outcome. Null: looked, and it is not there. */
  findSent?: (post: OutgoingPost, since: Date, line: Line) => Promise<Sent | null>
  /** What we may do to a customer's mention beside answering it. */
  gestures?: Gestures
  /** Is the customer's mention still there (X tells nobody of deletes)? */
  stillThere?: (mention: Answerable, line: Line) => Promise<boolean>
  /** Checks a pasted or renewed sign-in and says who we are. */
  whoAmI: (
    line: Pick<Line, 'secrets' | 'apiBase' | 'now'>,
  ) => Promise<{ externalId: string; handle: string; name: string; capabilities: Record<string, string | boolean> }>
  /** What must be set up over there once an account is connected (webhook subscription). May run twice. */
  onConnected?: (line: Line, webhookUrl: string) => Promise<void>
  /** Left out: its mentions have none. */
  pictureHosts?: PictureHosts
  /** Where a person answers by hand when we may not. */
  openUrl: (mention: Answerable) => string | null
  /** Null: this account's plan is not paid by use. Left out: the platform charges nothing. */
  prices?: (account: Account) => Prices | null
}

/**
 * Whose trouble it is, by the platform's code and never by its words: too many calls, no credits left, the platform itself is away, the
 * sign-in or its permissions, or only this one request.
 */
export type Trouble = 'limit' | 'spent' | 'outage' | 'token' | 'refused'

/** The kind says what to do next: send again later, tell the rep, stop the account, or look before anything else. */
export class PlatformError extends Error {
  readonly trouble: Trouble
  constructor(
    readonly kind: 'retry' | 'refused' | 'account' | 'unsure',
    message: string,
    readonly retryAfterMs?: number,
    options: ErrorOptions & { trouble?: Trouble } = {},
  ) {
    const { trouble, ...rest } = options
    super(message, rest)
    this.name = 'PlatformError'
    this.trouble = trouble ?? TROUBLE[kind]
  }
}

/** What a kind means where the connector knows no better. */
const TROUBLE = { retry: 'outage', unsure: 'outage', account: 'token', refused: 'refused' } as const
