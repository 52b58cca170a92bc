// What a test, a drill or a person outside may do to the simulated Instagram, beyond its public API.
import { type DrawnPicture, drawPictures } from '../../drawn-pictures.ts'
import type { At } from '../control.ts'
import type { GraphPage, Person } from '../state.ts'
import type { GraphWorld } from '../world.ts'
import { postMedia, removeFromInstagram, usernameOf, writeComment, writeDirect } from './happenings.ts'
import { permalink } from './render.ts'
import type { InstagramAccount, InstagramComment, InstagramMedia } from './state.ts'

interface Lookup {
  getPage: (nameOrId: string) => GraphPage
  /** A customer is made on first sight. */
  getPerson: (name: string) => Person
  timeOf: (at: At) => number | undefined
}

export function instagramControl(world: GraphWorld, { getPage, getPerson, timeOf }: Lookup) {
  const { accounts, media, comments, messages } = world.state.instagram
  return {
    /** A professional account, linked to a page; one that is there already is given back. */
    createInstagram: (wanted: { page: string; username?: string; name?: string; about?: string; followers?: number }): InstagramAccount => {
      const page = getPage(wanted.page)
      const known = [...accounts.values()].find(account => account.pageId === page.id)
      if (known) return known
      const account: InstagramAccount = {
        id: `178414${world.nextId()}`,
        pageId: page.id,
        username: wanted.username ?? page.username.toLowerCase(),
        name: wanted.name ?? page.name,
        about: wanted.about ?? page.about,
        followers: wanted.followers ?? page.followers,
      }
      world.record({ type: 'instagram account', account })
      return account
    },
    instagramAccounts: (): InstagramAccount[] => [...accounts.values()],
    /** A photo: `from` our username, or a customer's name. A caption mentions with @username; `tags` are usernames in the picture. */
    photo: (photo: { from: string; caption: string; tags?: string[]; at?: At; live?: boolean }) =>
      mediaView(
        postMedia(world, {
          ownerId: writerId(photo.from),
          caption: photo.caption,
          tags: (photo.tags ?? []).map(username => getAccount(username).id),
          at: timeOf(photo.at),
          isLive: photo.live,
        }),
      ),
    /** Under a photo or a comment. */
    instagramComment: ({ on, from, text, at }: { on: string; from: string; text: string; at?: At }) => {
      const under = media.get(on) ?? comments.get(on)
      if (!under) throw new Error(`there is no photo or comment ${on}`)
      return commentView(writeComment(world, under, writerId(from), text, timeOf(at)))
    },
    /** `byAccount`: a person answers in the app itself. */
    direct: (message: {
      account: string
      from: string
      text: string
      at?: At
      byAccount?: boolean
      standby?: boolean
      pictures?: DrawnPicture[]
    }): { id: string } => {
      const person = getPerson(message.from)
      const sent = writeDirect(world, {
        account: getAccount(message.account),
        person,
        uploads: drawPictures(world.uploads, message.pictures, person.id, () => world.nextId()),
        fromAccount: message.byAccount ?? false,
        text: message.text,
        at: timeOf(message.at),
        standby: message.standby,
      })
      return { id: sent.id }
    },
    /** A photo, a comment, or a message taken back; only of messages is anybody told. */
    removeFromInstagram: ({ id }: { id: string }): void => removeFromInstagram(world, id),

    /** Newest first. */
    photos: () => [...media.values()].sort((a, b) => b.at - a.at).map(mediaView),
    /** Of a photo at all levels, or the answers to a comment, oldest first. */
    instagramComments: ({ on }: { on: string }) =>
      [...comments.values()]
        .filter(comment => comment.parentId === on || comment.mediaId === on)
        .sort((a, b) => a.at - b.at)
        .map(commentView),
    directs: ({ customer }: { customer?: string } = {}) =>
      [...messages.values()]
        .filter(message => !customer || world.state.people.get(message.personId)?.name.toLowerCase() === customer.toLowerCase())
        .map(({ id, fromAccount, text, at, answersComment, personId, uploads }) => ({
          id,
          customer: world.state.people.get(personId)?.name ?? '',
          fromAccount,
          text,
          at: new Date(at).toISOString(),
          answersComment,
          ...(uploads && { uploads }),
        })),
  }

  function getAccount(usernameOrId: string): InstagramAccount {
    const account = accounts.get(usernameOrId) ?? [...accounts.values()].find(one => one.username === usernameOrId)
    if (!account) throw new Error(`there is no Instagram account ${usernameOrId}`)
    return account
  }
  function writerId(from: string): string {
    return [...accounts.values()].find(account => [account.id, account.username].includes(from))?.id ?? getPerson(from).id
  }
  function mediaView(one: InstagramMedia) {
    const { id, caption, at, ownerId } = one
    return {
      id,
      caption,
      author: usernameOf(world, ownerId),
      isOurs: accounts.has(ownerId),
      at: new Date(at).toISOString(),
      url: permalink(world, one),
    }
  }
  function commentView({ id, mediaId, parentId, authorId, text, at, isHidden = false }: InstagramComment) {
    return {
      id,
      mediaId,
      parentId,
      author: usernameOf(world, authorId),
      isOurs: accounts.has(authorId),
      text,
      at: new Date(at).toISOString(),
      isHidden,
    }
  }
}
