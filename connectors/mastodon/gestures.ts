// Favourites on Mastodon; there nobody can hide what others wrote.
import { MastoHttpError } from 'masto'
import { type Gestures, PlatformError } from '../connector.ts'
import { callMastodon } from './call.ts'

export const gestures: Gestures = {
  // https://docs.joinmastodon.org/methods/statuses/#favourite, checked 2026-11-22: setting what is set answers as the first time did.
  like: {
    label: 'Favourite',
    done: 'Favourited',
    may: () => ({ allowed: true, because: 'Everybody can see it, and their instance tells them.', costUsd: null }),
    async set(mention, isOn, line) {
      try {
        await callMastodon(line, 'write', client => {
          const status = client.v1.statuses.$select(mention.externalId)
          return isOn ? status.favourite.$raw() : status.unfavourite.$raw()
        })
      } catch (error) {
        // A missing scope bars favourites, not the account: answers still go out.
        const isForbidden = error instanceof PlatformError && error.cause instanceof MastoHttpError && error.cause.statusCode === 403
        if (!isForbidden || error.kind !== 'account') throw error
        throw new PlatformError('refused', LACKS_SCOPE, undefined, { cause: error })
      }
    },
  },
  hide: { never: 'Nobody can hide on Mastodon what somebody else wrote. Their instance’s moderators take reports.' },
}

const LACKS_SCOPE =
  'The sign-in may not favourite: add write:favourites to the application on your instance, then connect the account again.'
