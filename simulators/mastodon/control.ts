// What a test, a drill or a person outside may do to the simulated instance, beyond its API.
import { type DrawnPicture, drawPictures } from '../drawn-pictures.ts'
import type { Fault } from '../faults.ts'
import type { ShownUpload, Upload } from '../uploads.ts'
import { editStatus, publish, removeStatus } from './happenings.ts'
import { grant } from './sign-in.ts'
import {
  acctOf,
  childrenOf,
  type MastodonAccount,
  type MastodonApp,
  type MastodonStatus,
  type MastodonVisibility,
  secret,
} from './state.ts'
import { followKey, type MastodonStreams } from './streaming.ts'
import type { MastodonWorld } from './world.ts'

/** A customer by `name` or `name@instance`, made on first sight, or with name and followers. */
export type Somebody = string | { handle: string; name?: string; followers?: number; bio?: string }
export interface MastodonStatusView {
  id: string
  author: string
  text: string
  warning: string
  visibility: MastodonVisibility
  at: string
  editedAt: string | null
  inReplyTo: string | null
  byApp: boolean
  favourites: number
  uploads?: readonly ShownUpload[]
}
/** Dates: ISO text or milliseconds; none: now. A date in the past gives an id as old. */
type At = string | number | undefined

const allScopes = [
  'read:accounts',
  'read:notifications',
  'read:search',
  'read:statuses',
  'write:favourites',
  'write:media',
  'write:statuses',
]

export type MastodonControl = ReturnType<typeof mastodonControl>

export function mastodonControl(world: MastodonWorld, streams: MastodonStreams) {
  const { state } = world
  return {
    /** An application of the operator's on this instance. Secrets that are not given are made. */
    createApp: (app: Partial<MastodonApp> & { name: string }): MastodonApp => {
      const made: MastodonApp = {
        id: app.id ?? world.ids.next(world.clock.now()),
        name: app.name,
        clientId: app.clientId ?? secret(),
        clientSecret: app.clientSecret ?? secret(),
        redirectUris: app.redirectUris ?? [],
      }
      world.record({ type: 'app', app: made })
      return made
    },
    createBrand: (brand: { handle: string; name: string; bio?: string; followers?: number }): MastodonAccount =>
      createAccount({ ...brand, isBrand: true }),
    createCustomer: (customer: { handle: string; name?: string; bio?: string; followers?: number }): MastodonAccount =>
      createAccount({ ...customer, isBrand: false }),
    /** A token as the sign-in would give it, without walking through it. */
    issueTokens: ({ app, account, scopes = allScopes }: { app: string; account: string; scopes?: string[] }): { accessToken: string } => ({
      accessToken: grant(world, getApp(app), getAccount(account).id, scopes).accessToken,
    }),
    /** The owner takes every permission back. */
    revokeAccess: ({ account }: { account: string }): void => world.record({ type: 'revoked', accountId: getAccount(account).id }),

    /** Anybody writes a status: a customer, or the brand by hand. Mentions stand in the text. */
    post: (post: {
      from: Somebody
      text: string
      warning?: string
      visibility?: MastodonVisibility
      inReplyTo?: string
      at?: At
      lang?: string
      /** Drawn, and kept as if uploaded. */
      pictures?: DrawnPicture[]
    }): MastodonStatusView => {
      if (post.inReplyTo && !state.statuses.has(post.inReplyTo)) throw new Error(`there is no status ${post.inReplyTo} to answer`)
      const { from, at, pictures, ...rest } = post
      const accountId = person(from).id
      return view(publish(world, { ...rest, accountId, uploads: drawn(pictures, accountId), at: timeOf(at) }))
    },
    /** A direct status from one to another. */
    directMessage: ({
      from,
      to,
      text,
      at,
      pictures,
    }: {
      from: Somebody
      to: Somebody
      text: string
      at?: At
      pictures?: DrawnPicture[]
    }): { id: string } => {
      const named = `@${acctOf(person(to))} ${text}`
      const accountId = person(from).id
      return {
        id: publish(world, { accountId, text: named, visibility: 'direct', uploads: drawn(pictures, accountId), at: timeOf(at) }).id,
      }
    },
    edit: ({ id, text, warning }: { id: string; text: string; warning?: string }): MastodonStatusView =>
      view(editStatus(world, id, text, warning)),
    /** Somebody passes a status on unchanged. */
    boost: ({ from, id }: { from: Somebody; id: string }): void => world.record({ type: 'boosted', id, accountId: person(from).id }),
    remove: ({ id }: { id: string }): void => removeStatus(world, id),

    setFault: (fault: Fault): void => world.faults.set(fault),
    clearFaults: (): void => world.faults.clear(),
    faults: (): Fault[] => world.faults.list(),
    /** Calls each account may make in five minutes. */
    setLimit: ({ limit }: { limit: number }): void => world.limits.set(limit),
    /** What a status may hold from now on. */
    setMaxCharacters: ({ characters }: { characters: number }): void =>
      world.record({ type: 'note', key: 'max characters', value: String(characters) }),
    /** Whether words can be searched for here: many instances have no such search, and answer with an empty list. */
    setSearch: ({ has }: { has: boolean }): void => world.record({ type: 'note', key: 'search', value: has ? 'yes' : 'no' }),
    /** Who listens to the streaming now. */
    streams: () => streams.open(),
    /** Hangs up on everybody, at once or after so many more events. */
    dropStreams: ({ after }: { after?: number } = {}): void => streams.drop(after),
    /** Half-open: those who listen now hear nothing more. */
    muteStreams: (): void => streams.mute(),
    /** Whether the instance streams at all; those who listen already go on. */
    setStreaming: ({ has }: { has: boolean }): void => world.record({ type: 'note', key: 'streaming', value: has ? 'yes' : 'no' }),
    /** From now on what one writes stands in the other's home feed. */
    follow: ({ from, who }: { from: string; who: Somebody }): void =>
      world.record({ type: 'note', key: followKey(getAccount(from).id, person(who).id), value: 'yes' }),
    moveClock: ({ ms }: { ms: number }): { now: string } => {
      world.clock.advance(ms)
      world.record({ type: 'clock', offsetMs: world.clock.offsetMs() })
      return { now: new Date(world.clock.now()).toISOString() }
    },
    now: (): { now: string } => ({ now: new Date(world.clock.now()).toISOString() }),
    note: ({ key, value }: { key: string; value?: string }): { value: string | null } => {
      if (value !== undefined) world.record({ type: 'note', key, value })
      return { value: state.notes.get(key) ?? null }
    },

    counts: () => ({ accounts: state.accounts.size, statuses: state.timeline.length, notifications: state.notifications.length }),
    apps: (): MastodonApp[] => [...state.apps.values()],
    brands: (): MastodonAccount[] => [...state.accounts.values()].filter(one => one.isBrand),
    /** A picture by the id a status shows it with. */
    upload: ({ id }: { id: string }): Upload | undefined => world.uploads.get(id),
    /** Uploads are answered 202 from now on, and are ready at the nth look. */
    setSlowMedia: ({ looks }: { looks: number }): void => world.record({ type: 'note', key: 'slow media', value: String(looks) }),
    findPost: ({ id }: { id: string }): MastodonStatusView | null => {
      const status = state.statuses.get(id)
      return status ? view(status) : null
    },
    /** Oldest first, direct ones too. */
    posts: ({ author }: { author?: string } = {}): MastodonStatusView[] =>
      state.timeline
        .flatMap(id => state.statuses.get(id) ?? [])
        .filter(one => !author || one.accountId === getAccount(author).id)
        .map(view),
    /** The direct answers to a status, oldest first. */
    replies: ({ to }: { to: string }): MastodonStatusView[] => childrenOf(state, to).map(view),
  }

  function createAccount(wanted: { handle: string; name?: string; bio?: string; followers?: number; isBrand: boolean }): MastodonAccount {
    const [username = '', domain] = wanted.handle.replace(/^@/, '').split('@')
    if (!/^\w+(?:[.-]+\w+)*$/.test(username)) throw new Error(`@${wanted.handle} is no handle: letters, digits and _`)
    const lives = domain && domain.toLowerCase() !== world.host ? domain.toLowerCase() : null
    const known = state.byAcct.get((lives ? `${username}@${lives}` : username).toLowerCase())
    const account: MastodonAccount = {
      id: known?.id ?? world.ids.next(world.clock.now()),
      username,
      domain: lives,
      name: wanted.name ?? known?.name ?? username,
      bio: wanted.bio ?? known?.bio ?? '',
      followers: wanted.followers ?? known?.followers ?? 40,
      isBrand: wanted.isBrand || (known?.isBrand ?? false),
      createdAt: known?.createdAt ?? world.clock.now() - 3 * 365 * 24 * 3_600_000,
    }
    world.record({ type: 'account', account })
    return account
  }
  function drawn(pictures: DrawnPicture[] | undefined, ownerId: string) {
    return drawPictures(world.uploads, pictures, ownerId, () => world.ids.next(world.clock.now()))
  }
  function person(somebody: Somebody): MastodonAccount {
    const wanted = typeof somebody === 'string' ? { handle: somebody } : somebody
    const known = find(wanted.handle)
    const differs =
      typeof somebody !== 'string' &&
      known &&
      ((somebody.name && somebody.name !== known.name) || (somebody.followers !== undefined && somebody.followers !== known.followers))
    return known && !differs ? known : createAccount({ ...wanted, isBrand: known?.isBrand ?? false })
  }
  function find(handle: string): MastodonAccount | undefined {
    const bare = handle.replace(/^@/, '').toLowerCase()
    return state.byAcct.get(bare.endsWith(`@${world.host}`) ? bare.slice(0, -world.host.length - 1) : bare)
  }
  function getAccount(handleOrId: string): MastodonAccount {
    const account = find(handleOrId) ?? state.accounts.get(handleOrId)
    if (!account) throw new Error(`nobody is called ${handleOrId}`)
    return account
  }
  function getApp(id: string): MastodonApp {
    const app = state.apps.get(id) ?? [...state.apps.values()].find(one => one.clientId === id)
    if (!app) throw new Error(`there is no app ${id}`)
    return app
  }
  function view(status: MastodonStatus): MastodonStatusView {
    const author = state.accounts.get(status.accountId)
    return {
      id: status.id,
      author: author ? acctOf(author) : status.accountId,
      text: status.text,
      warning: status.warning,
      visibility: status.visibility,
      at: new Date(status.at).toISOString(),
      editedAt: status.editedAt === null ? null : new Date(status.editedAt).toISOString(),
      inReplyTo: status.inReplyTo,
      byApp: status.appId !== null,
      ...(status.uploads && { uploads: status.uploads }),
      favourites: state.favourites.get(status.id)?.size ?? 0,
    }
  }
}

function timeOf(at: At): number | undefined {
  if (at === undefined) return undefined
  const ms = typeof at === 'number' ? at : Date.parse(at)
  if (Number.isNaN(ms)) throw new Error(`${at} is no date`)
  return ms
}
