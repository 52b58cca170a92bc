// How the API shows accounts, statuses and notifications.
import { acctOf, childrenOf, type MastodonAccount, type MastodonNotification, type MastodonStatus } from './state.ts'
import { asHtml, profileUrl, tagsIn } from './text.ts'
import { shownUploads } from './uploads.ts'
import type { MastodonWorld } from './world.ts'

export function renderAccount(world: MastodonWorld, account: MastodonAccount): object {
  const picture = `https://${account.domain ?? world.host}/avatars/original/missing.png`
  return {
    id: account.id,
    username: account.username,
    acct: acctOf(account),
    display_name: account.name,
    locked: false,
    bot: false,
    discoverable: true,
    indexable: false,
    group: false,
    // Mastodon rounds it down to the day.
    created_at: `${new Date(account.createdAt).toISOString().slice(0, 10)}T00:00:00.000Z`,
    note: account.bio ? asHtml(world.state, world.host, account.bio) : '',
    url: profileUrl(account, world.host),
    uri: `https://${account.domain ?? world.host}/users/${account.username}`,
    avatar: picture,
    avatar_static: picture,
    header: picture,
    header_static: picture,
    followers_count: account.followers,
    following_count: 3,
    statuses_count: world.state.timeline.filter(id => world.state.statuses.get(id)?.accountId === account.id).length,
    last_status_at: null,
    emojis: [],
    fields: [],
  }
}

export function renderCredentials(world: MastodonWorld, account: MastodonAccount): object {
  return {
    ...renderAccount(world, account),
    source: {
      privacy: 'public',
      sensitive: false,
      language: 'en',
      note: account.bio,
      fields: [],
      follow_requests_count: 0,
      indexable: false,
      hide_collections: null,
      discoverable: true,
      attribution_domains: [],
    },
    role: { id: '-99', name: '', permissions: '65536', color: '', highlighted: false },
  }
}

/** `viewerId`: who looks, where that shows. */
export function renderStatus(world: MastodonWorld, status: MastodonStatus, viewerId: string | null = null): object {
  const { state, host } = world
  const author = state.accounts.get(status.accountId) as MastodonAccount
  const home = author.domain ?? host
  const parent = state.statuses.get(status.inReplyTo ?? '')
  return {
    id: status.id,
    created_at: new Date(status.at).toISOString(),
    in_reply_to_id: parent ? status.inReplyTo : null,
    in_reply_to_account_id: parent?.accountId ?? null,
    sensitive: status.warning !== '',
    spoiler_text: status.warning,
    visibility: status.visibility,
    language: status.lang,
    uri: `https://${home}/users/${author.username}/statuses/${status.id}`,
    url: `https://${home}/@${author.username}/${status.id}`,
    replies_count: childrenOf(state, status.id).length,
    reblogs_count: state.boosts.get(status.id)?.size ?? 0,
    favourites_count: state.favourites.get(status.id)?.size ?? 0,
    quotes_count: 0,
    edited_at: status.editedAt === null ? null : new Date(status.editedAt).toISOString(),
    content: asHtml(state, host, status.text),
    reblog: null,
    application: null,
    account: renderAccount(world, author),
    media_attachments: shownUploads(world, status.uploads),
    mentions: status.mentions
      .flatMap(id => state.accounts.get(id) ?? [])
      .map(one => ({ id: one.id, username: one.username, url: profileUrl(one, host), acct: acctOf(one) })),
    tags: tagsIn(status.text).map(name => ({ name, url: `https://${host}/tags/${encodeURIComponent(name)}` })),
    emojis: [],
    card: null,
    poll: null,
    favourited: viewerId !== null && state.favourites.get(status.id)?.has(viewerId) === true,
    reblogged: false,
    muted: false,
    bookmarked: false,
    filtered: [],
  }
}

export function renderNotification(world: MastodonWorld, told: MastodonNotification): object {
  const status = world.state.statuses.get(told.statusId) as MastodonStatus
  return {
    id: told.id,
    type: 'mention',
    created_at: new Date(told.at).toISOString(),
    group_key: `ungrouped-${told.id}`,
    account: renderAccount(world, world.state.accounts.get(status.accountId) as MastodonAccount),
    status: renderStatus(world, status),
  }
}

export function renderInstance(world: MastodonWorld): object {
  return {
    domain: world.host,
    title: 'A simulated instance',
    version: '4.7.0',
    source_url: 'https://github.com/mastodon/mastodon',
    description: 'Invented people on this machine.',
    usage: { users: { active_month: world.state.accounts.size } },
    thumbnail: { url: `https://${world.host}/thumbnail.png` },
    icon: [],
    languages: ['en'],
    configuration: {
      urls: world.hasStreaming() ? { streaming: world.streamingUrl() } : {},
      accounts: { max_featured_tags: 10, max_pinned_statuses: 5 },
      statuses: { max_characters: world.maxCharacters(), max_media_attachments: 4, characters_reserved_per_url: 23 },
      media_attachments: {
        supported_mime_types: ['image/png', 'image/jpeg'],
        description_limit: 1500,
        image_size_limit: 16_777_216,
        image_matrix_limit: 33_177_600,
        video_size_limit: 103_809_024,
        video_frame_rate_limit: 120,
        video_matrix_limit: 8_294_400,
      },
      polls: { max_options: 4, max_characters_per_option: 50, min_expiration: 300, max_expiration: 2_629_746 },
      translation: { enabled: false },
    },
    registrations: { enabled: false, approval_required: false, reason_required: null, message: null, min_age: null, url: null },
    api_versions: { mastodon: 7 },
    contact: { email: 'nobody@mastodon.example', account: null },
    rules: [],
  }
}
