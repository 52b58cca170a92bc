// Likes and hides on Facebook: a page likes what stands on it, and hides comments below its posts.
import { type Answerable, type GesturePermission, type Gestures, type Line, PlatformError } from '../connector.ts'
import { pageGraph, step } from '../meta/page-graph.ts'
import { product } from './product.ts'

// developers.facebook.com/docs/graph-api/reference/comment and …/object/likes, checked 2026-11-22.
export const gestures: Gestures = {
  like: {
    label: 'Like',
    done: 'Liked',
    may(mention) {
      if (mention.visibility === 'private') return no('Facebook gives apps no likes for Messenger.')
      return whyNot(mention, 'like') ?? yes('Everybody can see it, and Facebook tells them.')
    },
    async set(mention, isOn, line) {
      const graph = pageGraph(line, product)
      const path = `${step(mention.externalId)}/likes`
      await (isOn ? graph.post(path) : graph.delete(path))
    },
  },
  hide: {
    label: 'Hide',
    done: 'Hidden from others on Facebook',
    may(mention) {
      if (mention.visibility === 'private') return no('A Messenger message is seen by nobody else.')
      if (mention.facts.kind === 'post') return no('Facebook lets apps hide comments only: hide a post on the page itself.')
      return whyNot(mention, 'hide') ?? yes('Only they themselves and their friends go on seeing it; Facebook does not tell them.')
    },
    set: setHidden,
  },
}

/** Asked first: which comments a page can hide only Facebook knows, and its refusal would not say so. */
async function setHidden(mention: Answerable, isOn: boolean, line: Line): Promise<void> {
  const graph = pageGraph(line, product)
  const path = step(mention.externalId)
  const { body } = await graph.get(path, { fields: 'is_hidden,can_hide' })
  if (body.is_hidden === isOn) return
  if (isOn && body.can_hide === false)
    throw new PlatformError('refused', 'Facebook does not let the page hide this comment: look at it on Facebook.')
  await graph.post(path, { is_hidden: isOn })
}

function whyNot({ facts }: Answerable, verb: string): GesturePermission | null {
  if (facts.removed === true) return no('The customer removed it.')
  return facts.elsewhere === true ? no(`It stands on another page: Facebook lets us ${verb} only what stands on our own.`) : null
}

const yes = (because: string): GesturePermission => ({ allowed: true, because, costUsd: null })
const no = (because: string): GesturePermission => ({ allowed: false, because, costUsd: null })
