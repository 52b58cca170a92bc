// The storm's X: two brands behind one app, mentions, messages, reposts, edits told and untold.
import type { Secrets } from '../../connectors/connector.ts'
import type { Platform } from '../../domain.ts'
import type { Clock } from '../../simulators/clock.ts'
import { startXSimulator } from '../../simulators/x/start.ts'
import { type Chance, type Ours, pick, type Said, type Station } from './station.ts'

export async function xStation(clock: Clock): Promise<{ station: Station; url: string; appSecrets: Record<Platform, Secrets> }> {
  const { control, url, stop } = await startXSimulator({ now: clock })
  const app = control.createApp({ name: 'Heed' })
  const brands = [
    control.createBrand({ handle: 'heronair', name: 'Heron Air' }),
    control.createBrand({ handle: 'heroncargo', name: 'Heron Cargo' }),
  ]
  const accounts = brands.map(
    ({ id, username, name }): Ours => ({
      platform: 'x',
      externalId: id,
      handle: username,
      name,
      capabilities: { tier: 'self-serve', dms: true },
      freshSecrets: () => {
        const { accessToken, refreshToken, expiresAt } = control.issueTokens({ app: app.id, account: id })
        return { accessToken, refreshToken, accessTokenExpiresAt: new Date(expiresAt).toISOString() }
      },
    }),
  )
  const writers: { from: string; id: string }[] = []

  function say(chance: Chance, words: string): Said {
    const ours = pick(accounts, chance)
    const from = `asker${Math.floor(chance() * 400)}`
    const common = { platform: 'x', words, at: clock.now(), isEdited: false, removed: null, mayBeMissing: null } as const
    if (chance() < 0.15) {
      const { id } = control.directMessage({ from, to: ours.handle, text: words })
      return { ...common, accounts: [ours.externalId], id, visibility: 'private' }
    }
    // What is passed on is no mention of its own.
    if (writers.length && chance() < 0.1) control.repost({ from, id: pick(writers, chance).id })
    // About us and not to us: found by a watch term of either brand, and told by the stream.
    if (chance() < 0.1) {
      const { id } = control.post({ from, text: `${WORD} again: ${words}` })
      return { ...common, accounts: accounts.map(one => one.externalId), id, visibility: 'public' }
    }
    const named = chance() < 0.1 ? accounts : [ours]
    const text = (said: string) => `${named.map(one => `@${one.handle}`).join(' ')} ${said}`
    const { id } = control.post({ from, text: text(words) })
    writers.push({ from, id })
    const isTold = chance() < 0.5
    let newest = id
    return {
      ...common,
      accounts: named.map(one => one.externalId),
      id,
      visibility: 'public',
      edit: said => {
        newest = control.edit({ id, text: text(said), push: isTold }).id
      },
      remove: () => {
        writers.splice(
          writers.findIndex(one => one.id === id),
          1,
        )
        control.remove({ id: newest })
        return 'untold'
      },
    }
  }

  const isOn = () => control.webhooks().every(webhook => webhook.valid)
  const station: Station = {
    name: 'X',
    accounts,
    say,
    revoke: account => control.revokeAccess({ account: account.externalId }),
    diesAtOnce: true,
    ownedWith: account => [account],
    ownWords: () =>
      accounts.flatMap(({ externalId, handle }) => [
        ...control.posts({ author: handle }).map(({ id, text }) => ({ account: externalId, id, text })),
        ...control
          .messages({ between: handle })
          .flatMap(({ from, id, text }) => (from === handle ? [{ account: externalId, id, text }] : [])),
      ]),
    sendPaths: ['/2/tweets', '/2/dm_conversations/**'],
    readPath: '/2/**',
    setFault: control.setFault,
    faults: control.faults,
    clearFaults: control.clearFaults,
    pushes: {
      isPushed: isOn,
      settle: async () => {
        control.retryPushes()
        if (isOn()) await control.pushesDelivered({ timeoutMs: 10_000 })
      },
      switchOff: async () => void (await control.checkWebhooks()),
    },
    streams: { word: WORD, isOpen: () => control.streams().open > 0, drop: control.dropStreams },
    stop,
  }
  const { clientId, clientSecret, consumerSecret, bearerToken } = app
  return { station, url, appSecrets: { x: { clientId, clientSecret, consumerSecret, bearerToken } } }
}

/** Nobody names us with it. */
const WORD = 'winterpass'
