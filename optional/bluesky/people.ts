// People on the network: they sign up at the PDS, write as Bluesky's own app would, and read through the AppView.
import { type AppBskyFeedDefs, AtpAgent, RichText } from '@atproto/api'
import { inject } from 'vitest'
import { eventually } from '../../test/processes.ts'

export interface Person {
  did: string
  handle: string
  agent: AtpAgent
  post: (text: string, given?: { answers?: Place; quotes?: Place; embed?: object; rkey?: string }) => Promise<Place>
  /** What the AppView shows below a post to this person. */
  repliesTo: (uri: string) => Promise<AppBskyFeedDefs.PostView[]>
}
export interface Place {
  uri: string
  cid: string
  /** Where the thread began. */
  root: { uri: string; cid: string }
}

/** Nobody's limits but Heed's are looked at: a customer's calls pass by them. */
export async function signUp(name: string): Promise<Person> {
  const agent = newAgent()
  const handle = `${name}.test`
  await agent.createAccount({ handle, email: `${name}@example.test`, password: 'a long enough password' })
  await agent.upsertProfile(profile => ({ ...profile, displayName: displayName(name) }))
  const did = agent.assertDid
  return {
    did,
    handle,
    agent,
    async post(text, { answers, quotes, embed, rkey } = {}) {
      for (const place of [answers, quotes]) if (place) await seen(agent, place.uri)
      const rich = new RichText({ text })
      await rich.detectFacets(agent)
      const { data } = await agent.com.atproto.repo.createRecord({
        repo: did,
        collection: 'app.bsky.feed.post',
        ...(rkey && { rkey }),
        record: {
          $type: 'app.bsky.feed.post',
          text: rich.text,
          langs: ['en'],
          createdAt: new Date().toISOString(),
          ...(rich.facets && { facets: rich.facets }),
          ...(answers && { reply: { root: answers.root, parent: refOf(answers) } }),
          ...(embed && { embed }),
          ...(quotes && { embed: { $type: 'app.bsky.embed.record', record: refOf(quotes) } }),
        },
      })
      return { ...refOf(data), root: answers?.root ?? refOf(data) }
    },
    async repliesTo(uri) {
      const { data } = await agent.app.bsky.feed.getPostThread({ uri, depth: 1, parentHeight: 0 })
      const { replies = [] } = data.thread as AppBskyFeedDefs.ThreadViewPost
      return replies.flatMap(reply => ('post' in reply ? [reply.post as AppBskyFeedDefs.PostView] : []))
    },
  }
}

/** Every record of a kind in a repository, as the PDS itself has it. */
export async function recordsOf({ agent, did }: Person, collection = 'app.bsky.feed.post') {
  const records: { uri: string; value: Record<string, unknown> }[] = []
  let cursor: string | undefined
  do {
    const { data } = await agent.com.atproto.repo.listRecords({ repo: did, collection, limit: 100, ...(cursor && { cursor }) })
    records.push(...data.records)
    cursor = data.cursor
  } while (cursor)
  return records
}

/**
 * Nobody answers what they do not see yet. This AppView takes an answer that it learns of before the post itself for a stray one, and never
 * tells of it.
 */
async function seen(agent: AtpAgent, uri: string): Promise<void> {
  await eventually(`${uri} to be shown`, async () => (await agent.getPosts({ uris: [uri] })).data.posts.length > 0)
}

function newAgent(): AtpAgent {
  const { pdsUrl, bypassKey } = inject('network')
  return new AtpAgent({
    service: pdsUrl,
    fetch: (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init)
      request.headers.set('x-ratelimit-bypass', bypassKey)
      return fetch(request)
    },
  })
}

const refOf = ({ uri, cid }: { uri: string; cid: string }) => ({ uri, cid })
const displayName = (name: string) => name.replace(/(^|-)\w/g, start => start.replace('-', ' ').toUpperCase())
