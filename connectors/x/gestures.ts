// Likes and hides on X: likes are Enterprise's alone, and a reply can be hidden only in a conversation that we began.
import { type Answerable, type GesturePermission, type Gestures, type Line, PlatformError } from '../connector.ts'
import { callX } from './call.ts'
import { wordsOf, type XProblem } from './problem.ts'

export const gestures: Gestures = {
  like: {
    label: 'Like',
    done: 'Liked',
    may({ visibility, facts }, account) {
      if (visibility === 'private') return no('X has no likes for private messages.')
      if (facts.repost === true) return no('It only repeats what somebody else said: like the original on X.')
      // https://docs.x.com/changelog, 2026-04-20; checked 2026-11-21.
      if (account.capabilities.tier !== 'enterprise') return no('X took likes away from the self-serve plans: like it on X itself.')
      if (account.capabilities.likes === false) return no('Whoever signed in did not let us like posts: connect the account again.')
      return yes('Everybody can see it, and X tells them.')
    },
    set: (mention, isOn, line) =>
      change(line, () =>
        callX(line, 'write', ({ v2 }) =>
          isOn ? v2.like(line.account.externalId, idOf(mention)) : v2.unlike(line.account.externalId, idOf(mention)),
        ),
      ),
  },
  hide: {
    label: 'Hide',
    done: 'Hidden on X, behind “View hidden replies”',
    // https://docs.x.com/x-api/posts/hide-replies/quickstart, checked 2026-11-22.
    may({ visibility, externalId, threadKey, facts }) {
      if (visibility === 'private') return no('A private message is seen by nobody else.')
      if (externalId === threadKey) return no('It began its conversation: X hides only replies, and only in conversations that we began.')
      if (facts.inOurThread === false) return no('Somebody else began this conversation: X lets only them hide replies in it.')
      const does = 'X moves it behind “View hidden replies” and tells nobody.'
      return facts.inOurThread === true ? yes(does) : yes(`${does} It refuses if we did not begin the conversation.`)
    },
    set: (mention, isOn, line) => change(line, () => callX(line, 'write', ({ v2 }) => v2.hideReply(idOf(mention), isOn))),
  },
}

/** A missing scope bars this gesture, not the account: answers still go out. */
async function change(line: Line, call: () => Promise<unknown>): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    const { code, data } = (error.cause ?? {}) as { code?: number; data?: XProblem }
    if (code === 403 && isAlreadySo(data)) return
    if (code !== 403 || error.kind !== 'account') throw error
    throw new PlatformError('refused', `${error.message} Connect ${line.account.name} again, with every box ticked.`, undefined, {
      cause: error,
    })
  }
}

/** As X refused a second like before its API v2: number 139. */
const isAlreadySo = (problem: XProblem | undefined) =>
  problem?.code === 139 || problem?.errors?.some(one => one.code === 139) || /already (liked|favorited)/i.test(wordsOf(problem))

/** The newest edit, as answers go there too. */
const idOf = (mention: Answerable) => mention.replyToExternalId ?? mention.externalId

const yes = (because: string): GesturePermission => ({ allowed: true, because, costUsd: null })
const no = (because: string): GesturePermission => ({ allowed: false, because, costUsd: null })
