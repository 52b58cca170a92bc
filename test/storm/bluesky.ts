// The storm's Bluesky: two brands, posts, answers, quotes and private talks; nothing is pushed and nothing edited.
import type { Secrets } from '../../connectors/connector.ts'
import type { Platform } from '../../domain.ts'
import { startBlueskySimulator } from '../../simulators/bluesky/start.ts'
import type { Clock } from '../../simulators/clock.ts'
import { type Chance, type Ours, pick, type Said, type Station } from './station.ts'

export async function blueskyStation(clock: Clock): Promise<{ station: Station; url: string; appSecrets: Record<Platform, Secrets> }> {
  const { control, url, stop } = await startBlueskySimulator({ now: clock })
  const brands = ['air', 'cargo'].map(kind => {
    const user = control.createBrand({ handle: `heron-${kind}.test`, name: `Heron ${kind}` })
    return { ...user, first: control.post({ from: user.handle, text: 'Our winter schedule' }) }
  })
  const accounts = brands.map(
    ({ did, handle, name }): Ours => ({
      platform: 'bluesky',
      externalId: did,
      handle,
      name,
      capabilities: { dms: true },
      freshSecrets: () => ({ identifier: handle, appPassword: control.createAppPassword({ account: did }).password }),
    }),
  )
  const talkers = brands.map(({ handle }) => [0, 1, 2].map(n => `talker-${n}-of-${handle}`))
  /** By talker, once there is one. */
  const convos = new Map<string, string>()

  function say(chance: Chance, words: string): Said {
    const n = Math.floor(chance() * brands.length)
    const { did, handle, first } = brands[n]!
    const from = `asker-${Math.floor(chance() * 400)}`
    const common = { platform: 'bluesky', words, at: clock.now(), isEdited: false, removed: null, mayBeMissing: null } as const
    const kind = chance()
    if (kind < 0.1) {
      const talker = pick(talkers[n]!, chance)
      const { id, convoId } = control.directMessage({ from: talker, to: handle, text: words })
      convos.set(talker, convoId)
      const remove = () => {
        control.deleteMessage({ id })
        // A deleted message's words are gone from the list, and the list is walked from the newest known on.
        return 'untold' as const
      }
      return { ...common, accounts: [did], id: `${convoId}/${id}`, visibility: 'private', remove }
    }
    const named = kind < 0.2 ? brands : [brands[n]!]
    const { uri } =
      kind < 0.4
        ? control.reply({ from, to: first.uri, text: `${words}` })
        : control.post({ from, text: `${named.map(one => `@${one.handle}`).join(' ')} ${words}` })
    const remove = () => {
      control.remove({ uri })
      return 'untold' as const
    }
    return { ...common, accounts: kind < 0.4 ? [did] : named.map(one => one.did), id: uri, visibility: 'public', remove }
  }

  const station: Station = {
    name: 'Bluesky',
    accounts,
    say,
    revoke: account => control.revokeAppPasswords({ account: account.externalId }),
    diesAtOnce: false,
    ownedWith: account => [account],
    ownWords: () => [
      ...brands.flatMap(({ did, handle }) => control.posts({ author: handle }).map(({ uri, text }) => ({ account: did, id: uri, text }))),
      ...brands.flatMap(({ did, handle }, n) =>
        talkers[n]!.filter(talker => convos.has(talker)).flatMap(and =>
          control
            .messages({ between: handle, and })
            .filter(({ from }) => from === handle)
            .map(({ id, text }) => ({ account: did, id: `${convos.get(and)}/${id}`, text })),
        ),
      ),
    ],
    sendPaths: ['/xrpc/com.atproto.repo.createRecord', '/xrpc/chat.bsky.convo.sendMessage'],
    readPath: '/xrpc/**',
    setFault: control.setFault,
    faults: control.faults,
    clearFaults: control.clearFaults,
    stop,
  }
  return { station, url, appSecrets: { bluesky: {} } }
}
