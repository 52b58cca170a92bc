// The nouns of Heed: types only, imports nothing.

/** Ours: a uuid v7, so ids sort by the time they were made. */
export type Id = string
/** The name of a folder in connectors/. */
export type Platform = string
export type Visibility = 'public' | 'private'
/** Whose words: the customer's, or ours coming back (an echo, or an answer written in the platform's own app). */
/** `context`: said to somebody else, and kept because a mention answers it; it opens no ticket and is counted nowhere. */
export type Direction = 'inbound' | 'outbound' | 'context'

/** The operator's own developer app on a platform: what signs webhooks and opens the sign-in. */
export interface PlatformApp {
  id: Id
  platform: Platform
  label: string
  /** Where the platform's API answers; null: the platform itself. Only a simulator on loopback may be named here. */
  apiBase: string | null
  isDemo: boolean
}

/** One profile or page of ours that listens and answers. */
export interface Account {
  id: Id
  appId: Id
  platform: Platform
  externalId: string
  handle: string
  name: string
  status: AccountStatus
  statusReason: string | null
  /** What this account's plan may do, as its connector reads it: for X `{ tier: 'self-serve' | 'enterprise' }`. */
  capabilities: Record<string, string | boolean>
  isDemo: boolean
  connectedAt: Date
}
/** `reconnect`: the token died; deliveries are still stored, replies wait. */
export type AccountStatus = 'connected' | 'reconnect' | 'off'

/** A person of theirs, as one of our accounts sees them. */
export interface Customer {
  id: Id
  accountId: Id
  externalId: string
  handle: string
  name: string
  followers: number | null
}

/** One utterance on a platform that reached us, or that we made there. */
export interface Mention {
  id: Id
  accountId: Id
  platform: Platform
  visibility: Visibility
  direction: Direction
  externalId: string
  /** Theirs: the same threadKey is the same conversation over there. */
  threadKey: string
  /** What it answers, over there. */
  parentExternalId: string | null
  author: Author
  text: string
  language: string | null
  url: string | null
  /** Speaks to us: an @mention, our page, a DM. On X this is what "summoned" means. */
  addressesUs: boolean
  postedAt: Date
  receivedAt: Date
}
/** What somebody put beside their words: where the platform keeps it, never its bytes. */
export interface Attachment {
  kind: 'picture' | 'gif' | 'video' | 'audio' | 'file'
  /** Of a picture, or of a video's still; null: only the platform shows it. */
  url: string | null
  /** What its author says it shows. */
  alt: string | null
  /** Pixels, where the platform tells. */
  width: number | null
  height: number | null
}
export interface Author {
  externalId: string
  handle: string
  /** The handle is made up, because the platform named nobody this time: it never takes the place of a known one. */
  isStandIn?: boolean
  name: string
  followers: number | null
}

export type Category =
  | 'outage_report'
  | 'pr_risk'
  | 'technical_question'
  | 'account_question'
  | 'complaint'
  | 'urgent_request'
  | 'general_reference'
  | 'positive_feedback'
  | 'untargeted_comment'
  | NoiseCategory
export type NoiseCategory = 'spam' | 'irrelevant' | 'own_or_staff' | 'duplicate' | 'thanks_only' | 'peer_answered'
export type Tier = 1 | 2 | 'noise'
export type Priority = 'urgent' | 'high' | 'normal' | 'low'

/** What triage thinks of one mention, and why: a person must be able to disagree. Kept as it was decided. */
export interface Verdict {
  category: Category
  tier: Tier
  priority: Priority
  /** 0…1, that the category is right. */
  confidence: number
  /** −1 (furious) … +1 (delighted). */
  sentiment: number
  sentimentLabel: 'negative' | 'neutral' | 'positive'
  /** P(a rep should act), 0…1. */
  actionable: number
  /** P(urgent or high on the words alone), 0…1; the priority above follows the category and the rules. */
  urgent?: number
  /** P(something was expected and not given), 0…1, whatever the category. */
  complaint?: number
  /** BCP-47, or null when the text is too short to tell. */
  language: string | null
  /** Other categories that also fired. */
  tags: Category[]
  /** Not sure enough to file or to drop: a person looks. */
  needsReview: boolean
  /** Largest first. */
  reasons: Reason[]
  /** What would have changed it, in words. */
  wouldChange: string | null
  /** Name and version of the scorer that decided. */
  model: string
  /** Only doubt kept it from being dropped as this: what a looser threshold would do. */
  nearlyNoise?: { category: NoiseCategory; confidence: number }
  /** A person looks for want of certainty, and for nothing else. */
  isDoubted?: true
  /** The customer says that the trouble is over. */
  saysSolved?: true
  /** Only when a workspace's rule changed it: what the judge alone had said. */
  beforeRules?: Judgement
}
/** The part of a verdict that a rule may change. */
export type Judgement = Pick<Verdict, 'category' | 'tier' | 'priority' | 'needsReview'>
export interface Reason {
  /** The signal or rule that spoke. */
  signal: string
  points: number
  because: string
  /** UTF-16 offsets into the mention's text. */
  span?: [number, number]
}

/** What a lead lays on top of the judge: if all of `conditions` hold, `actions` follow. A higher rule wins where two want the same thing. */
export interface Rule {
  id: Id
  name: string
  position: number
  isActive: boolean
  conditions: RuleConditions
  actions: RuleActions
}
/** Absent: not asked. Words are whole words or phrases, whatever their case and marks; `crash*` is a beginning. */
export interface RuleConditions {
  anyWords?: string[]
  allWords?: string[]
  noWords?: string[]
  /** Handles without @; one of them. */
  authors?: string[]
  followersAtLeast?: number
  /** BCP-47 base languages; one of them. */
  languages?: string[]
  platforms?: Platform[]
  visibility?: Visibility
  /** −1…+1. */
  sentimentAtMost?: number
  /** 0…1, of the judge's category. */
  confidenceAtLeast?: number
  confidenceBelow?: number
  categories?: Category[]
  hasOpenTicket?: boolean
  /** The last thing said in the thread before it was ours. */
  isReplyToUs?: boolean
  isVip?: boolean
}
export interface RuleActions {
  priority?: Ticket['priority']
  category?: Exclude<Category, NoiseCategory>
  tags?: string[]
  assigneeId?: Id
  /** To noise as `irrelevant`, kept and listed; never what the judge calls urgent or dangerous. */
  neverTicket?: boolean
}

/** What an account listens for beside what is said to it, in no platform's own language. */
export interface WatchTerm {
  id: Id
  accountId: Id
  name: string
  isActive: boolean
  /** One of these: names, misspellings, products, phrases; with # a hashtag. */
  anyOf: string[]
  noneOf: string[]
  /** BCP-47 base languages; none: any. */
  languages: string[]
}

/** What the judge may know beside the words. Built by triage, never fetched by the judge. */
export interface JudgeContext {
  /** Handles of ours, lower case, without @. */
  ourHandles: readonly string[]
  addressesUs: boolean
  visibility: Visibility
  /** The author is us or a teammate. */
  isOwn: boolean
  /** The author has an unsolved ticket, or one solved in this conversation. */
  hasOpenTicket: boolean
  /** What that unsolved ticket is about, as far as known. */
  openTicketCategory?: Category | null
  /** The last thing said in the thread before this, if known. */
  previous: { direction: Direction; text: string; byOtherCustomer: boolean } | null
  /** Tickets this customer had before. */
  earlierTickets: number
  followers: number | null
  /** Same words by others within the last hour (not counting this author). */
  similarLastHour: number
  /** The same author said exactly this within the last day. */
  isRepeat: boolean
  incidentActive: boolean
  /** The team marked this customer. */
  isVip?: boolean
  /** In how many other hours of the last seven days this customer wrote to us. */
  contactsThisWeek?: number
  /** A picture, a film or a file came with the words. */
  hasAttachment?: boolean
  /** Asked beforehand, about what the words alone leave open. */
  secondOpinion?: SecondOpinion
}

/** What a stronger scorer says of a mention; nothing else of its answer is ever used. */
export interface SecondOpinion {
  /** Name of the model, as reps read it. */
  by: string
  /** Shares of belief, 0…1. */
  categories?: Partial<Record<Category, number>>
  sentiment?: Record<Verdict['sentimentLabel'], number>
  /** Others who meant the same within the last hour, in whatever words. */
  similarLastHour?: number
}

export type TicketStatus = 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'

/** One conversation someone here must care for. */
export interface Ticket {
  id: Id
  number: number
  accountId: Id
  platform: Platform
  customerId: Id
  status: TicketStatus
  priority: Exclude<Priority, 'low'>
  category: Category
  assigneeId: Id | null
  /** postedAt of the first customer mention: where every customer clock starts. */
  startedAt: Date
  /** postedAt of the oldest unanswered customer mention; null when nobody waits for us. */
  waitingSince: Date | null
  /** When the running turn breaches its target. */
  responseDueAt: Date | null
  firstRespondedAt: Date | null
  solvedAt: Date | null
  incidentId: Id | null
  snoozedUntil: Date | null
  /** Grows with every mention, sent reply and status change: a send names the revision it was written against. */
  revision: number
}

export type ReplyStatus = 'draft' | 'approved' | 'sending' | 'sent' | 'refused' | 'unsure' | 'discarded'
export type ReplyRole = 'answer' | 'handoff' | 'ack' | 'closing' | 'followup' | 'broadcast'

/** One row of the outbox: an answer to a ticket, or a status update's rendition for one account. */
export interface Reply {
  id: Id
  accountId: Id
  ticketId: Id | null
  statusUpdateId: Id | null
  /** The mention it answers. */
  answersId: Id | null
  text: string
  visibility: Visibility
  role: ReplyRole
  status: ReplyStatus
  writtenById: Id | null
  /** When the undo delay ends. */
  sendAt: Date | null
  sentAt: Date | null
  externalId: string | null
  url: string | null
  problem: string | null
}

/** What we may do to a customer's mention beside answering it, and take back. */
export type Gesture = 'like' | 'hide'
/** `waiting`: the platform does not know of it yet; `refused`: it will not, until somebody wishes it again. */
export type GestureStatus = 'waiting' | 'done' | 'refused'

/** What happened to a ticket: append-only; a ticket's row can be rebuilt from it. */
export type TicketEventKind =
  | 'opened'
  | 'mention_joined'
  | 'mention_edited'
  | 'mention_removed'
  | 'assigned'
  | 'unassigned'
  | 'status_changed'
  | 'reopened'
  | 'solved'
  | 'closed'
  | 'priority_changed'
  | 'category_changed'
  | 'tagged'
  | 'snoozed'
  | 'woken'
  | 'noted'
  | 'reply_approved'
  | 'reply_undone'
  | 'reply_held'
  | 'reply_refused'
  | 'reply_unsure'
  | 'reply_sent'
  | 'answered'
  | 'linked'
  | 'unlinked'
  | 'marked_spam'
  | 'gesture_wished'
  | 'gesture_refused'
export interface TicketEvent {
  ticketId: Id
  kind: TicketEventKind
  at: Date
  /** The teammate who did it; null: the machine, named in `actor`. */
  teammateId: Id | null
  actor: string
  before: unknown
  after: unknown
}

/** read-only looks; rep answers; lead also hides, overrides and declares; admin also connects and configures. */
export type Role = 'readonly' | 'rep' | 'lead' | 'admin'
export interface Teammate {
  id: Id
  name: string
  email: string
  role: Role
  /** Unique in the workspace; the signature is ` ^SB`. */
  initials: string
}

export type TemplateKind = 'answer' | 'ack' | 'handoff' | 'closing' | 'followup' | 'holding' | 'update' | 'allclear'

export type Severity = 'SEV1' | 'SEV2' | 'SEV3'
export type IncidentStatus = 'investigating' | 'identified' | 'monitoring' | 'resolved' | 'postmortem'
