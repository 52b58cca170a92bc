// Whom X lets us answer, and what it costs: the rules as a table.
import { describe, expect, it } from 'vitest'
import type { Answerable, PermissionQuestion } from '../../connectors/connector.ts'
import { x } from '../../connectors/x/connector.ts'
import type { Account } from '../../domain.ts'

describe("asking X's rules", () => {
  it.each([
    ['who mentioned us', {}, { allowed: true, costUsd: 0.01 }],
    ['who mentioned us, with a link', { text: 'see https://example.com' }, { allowed: true, costUsd: 0.2 }],
    ['who did not', { mention: { addressesUs: false } }, { allowed: false, instead: ['open', 'private'] }],
    [
      'who did not, on Enterprise',
      { mention: { addressesUs: false }, capabilities: { tier: 'enterprise' } },
      { allowed: true, costUsd: null },
    ],
    ['a repost', { mention: { facts: { repost: true } } }, { allowed: false, instead: ['open'] }],
    ['a private message, in public', { mention: { visibility: 'private' } }, { allowed: false, instead: ['private'] }],
    ['a private message, in private', { mention: { visibility: 'private' }, visibility: 'private' }, { allowed: true, costUsd: 0.015 }],
    ['who did not, in private', { mention: { addressesUs: false }, visibility: 'private' }, { allowed: true, costUsd: 0.015 }],
    [
      'in private, without the permission',
      { visibility: 'private', capabilities: { tier: 'self-serve', dms: false } },
      { allowed: false, instead: ['public', 'open'] },
    ],
    [
      'a group',
      { mention: { visibility: 'private', facts: { group: true } }, visibility: 'private' },
      { allowed: false, instead: ['open'] },
    ],
  ] as const)('%s', (_what, question, expected) => {
    const permission = x.mayReply(asked(question))
    expect(permission).toMatchObject({ until: null, ...expected })
    expect(permission.because).not.toBe('')
  })

  it.each([
    ['an answer', { text: 'ok' }, 0.01],
    ['an answer with a link', { text: 'see example.com' }, 0.2],
    ['the next part of a thread, which answers ourselves', { text: 'ok (2/2)', continues: '12' }, 0.015],
    ['a private message with a link', { text: 'see example.com', visibility: 'private' }, 0.015],
    ['a status post', { text: 'ok', inReplyTo: null }, 0.015],
  ] as const)('has a price for %s', (_what, post, usd) => {
    const prices = x.prices!(asked({}).account)!
    expect(prices.send({ visibility: 'public', inReplyTo: mention, ...post })).toBe(usd)
  })

  it('offers the place where a person answers by hand', () => {
    expect(x.openUrl({ ...mention, replyToExternalId: '12' })).toBe('https://x.com/cleo_flies/status/12')
    expect(x.openUrl({ ...mention, visibility: 'private' })).toBe('https://x.com/messages/compose?recipient_id=7')
  })
})

const mention: Answerable = {
  externalId: '11',
  replyToExternalId: null,
  visibility: 'public',
  threadKey: '11',
  addressesUs: true,
  postedAt: new Date('2026-11-20T10:00:00Z'),
  facts: {},
  author: { externalId: '7', handle: 'cleo_flies', name: 'Cleo', followers: 40 },
}

interface Asked {
  mention?: Partial<Answerable>
  visibility?: 'public' | 'private'
  text?: string
  capabilities?: Account['capabilities']
}

function asked({
  mention: about,
  visibility = 'public',
  text = 'On its way.',
  capabilities = { tier: 'self-serve' },
}: Asked): PermissionQuestion {
  return {
    mention: { ...mention, ...about },
    visibility,
    text,
    now: new Date('2026-11-20T10:05:00Z'),
    lastPrivateInboundAt: null,
    privateReplySent: false,
    account: {
      id: '0198c0de-0000-7000-8000-000000000001',
      appId: '0198c0de-0000-7000-8000-000000000002',
      platform: 'x',
      externalId: '1',
      handle: 'HeronAir',
      name: 'Heron Air',
      status: 'connected',
      statusReason: null,
      capabilities,
      isDemo: false,
      connectedAt: new Date('2026-11-01T00:00:00Z'),
    },
  }
}
