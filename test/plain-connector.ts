// A platform of no wire format at all: its deliveries are the Incoming themselves, so tests speak of what matters.

import { v7 as newId } from 'uuid'
import {
  type Connector,
  type Incoming,
  type IncomingMention,
  type LengthRule,
  type OutgoingPost,
  type PictureRule,
  PlatformError,
  type PollPage,
  type Sent,
} from '../connectors/connector.ts'
import type { AccountRow } from '../db/accounts.ts'
import { insertDeliveries } from '../db/deliveries.ts'
import { cleo, type World } from './world.ts'

export interface PlainConnector extends Connector {
  /** What was sent, in order. */
  sent: OutgoingPost[]
  /** Answers to the next sends; when empty a send succeeds. */
  answers: (Sent | PlatformError)[]
  /** What `findSent` will find. */
  overThere: Sent[]
  /** What the next poll yields: pages, or a fault after them. */
  polls: (PollPage[] | { pages: PollPage[]; fault: PlatformError })[]
}

export function plainConnector(platform = 'plain'): PlainConnector {
  const rule: LengthRule = {
    limit: 280,
    count: text => text.length,
    unit: 'characters',
    rule: 'utf16',
    source: 'invented',
    checkedOn: '2026-03-01',
  }
  const pictures: PictureRule = {
    most: 2,
    maxBytes: 10_000,
    types: ['image/jpeg', 'image/png'],
    altLimit: 100,
    source: 'invented',
    checkedOn: '2026-03-01',
  }
  const connector: PlainConnector = {
    platform,
    label: 'Plain',
    limits: {
      public: rule,
      private: { ...rule, limit: 1000 },
      status: rule,
      pictures: { public: pictures, private: { ...pictures, most: 1 }, status: pictures },
    },
    appSecrets: [],
    accountSecrets: [],
    textKeys: ['text'],
    sent: [],
    answers: [],
    overThere: [],
    polls: [],
    intake: {
      polling: {
        everyMs: 60_000,
        async *poll(_line, cursor) {
          const next = connector.polls.shift() ?? []
          const { pages, fault } = Array.isArray(next) ? { pages: next, fault: null } : next
          yield* pages
          if (fault) throw fault
          return { ...cursor, seen: String(Number(cursor.seen ?? 0) + pages.length) }
        },
      },
    },
    read: delivery =>
      JSON.parse(delivery.body, (key, value) => (['postedAt', 'at'].includes(key) && value ? new Date(value) : value)) as Incoming[],
    mayReply: () => ({ allowed: true, because: '', until: null, instead: [], costUsd: null }),
    send: async post => {
      connector.sent.push(post)
      const answer = connector.answers.shift() ?? { externalId: `ours-${connector.sent.length}`, url: null }
      if (answer instanceof PlatformError) throw answer
      return answer
    },
    findSent: async () => connector.overThere[0] ?? null,
    whoAmI: async () => ({ externalId: '111', handle: 'acme_care', name: 'Acme Care', capabilities: {} }),
    openUrl: () => null,
  }
  return connector
}

export function says(text: string, given: Partial<IncomingMention> = {}, account = '111'): Incoming {
  return {
    kind: 'mention',
    account,
    mention: {
      externalId: given.externalId ?? newId(),
      visibility: 'public',
      direction: 'inbound',
      threadKey: given.threadKey ?? given.externalId ?? newId(),
      parentExternalId: null,
      author: cleo,
      text,
      url: null,
      addressesUs: true,
      postedAt: new Date('2026-03-02T09:55:00Z'),
      version: 1,
      isEdit: false,
      ...given,
    },
  }
}

/** Puts a delivery into the ledger, as the webhook's door does after the signature was right. */
export async function deliver(world: World, account: AccountRow, incoming: Incoming[] | string, source = 'webhook') {
  const id = newId()
  const body = typeof incoming === 'string' ? incoming : JSON.stringify(incoming)
  await insertDeliveries(world.desk.db, [
    { id, appId: account.appId, accountId: null, source, headers: {}, body: world.desk.vault.seal(body), receivedAt: world.desk.now() },
  ])
  return id
}
