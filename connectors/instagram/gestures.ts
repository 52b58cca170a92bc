// Hides on Instagram: comments below our own media. Likes are in the app only.
import type { GesturePermission, Gestures } from '../connector.ts'
import { pageGraph, step } from '../meta/page-graph.ts'
import { product } from './product.ts'

export const gestures: Gestures = {
  like: { never: 'Instagram gives apps no way to like: like it in the app.' },
  // developers.facebook.com/docs/instagram-platform/…/ig-comment (Updating), checked 2026-11-22.
  hide: {
    label: 'Hide',
    done: 'Hidden from others on Instagram',
    may({ visibility, facts }) {
      if (visibility === 'private') return no('A direct message is seen by nobody else.')
      if (facts.removed === true) return no('The customer removed it.')
      if (facts.elsewhere === true || facts.kind === 'caption')
        return no('It stands on another account: Instagram lets us hide only comments below our own media.')
      return yes('Only they themselves go on seeing it; nobody can answer it while it is hidden.')
    },
    async set(mention, isOn, line) {
      await pageGraph(line, product).post(step(mention.externalId), { hide: isOn })
    },
  },
}

const yes = (because: string): GesturePermission => ({ allowed: true, because, costUsd: null })
const no = (because: string): GesturePermission => ({ allowed: false, because, costUsd: null })
