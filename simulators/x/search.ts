// Recent search: the operators a care desk uses, joined by AND and OR.
import type { XPost, XState } from './state.ts'
import { mentionedHandles } from './text.ts'

/** Words, "phrases", @handle, from:, to:, conversation_id:, is:reply, is:quote, is:retweet, lang:, `-` before any, OR, parentheses. */
export function matchesQuery(state: XState, post: XPost, query: string): boolean {
  const tokens = query.match(/-?"[^"]*"|\(|\)|[^\s()]+/g) ?? []
  let at = 0
  const either = (): boolean => {
    let found = all()
    while (tokens[at] === 'OR') {
      at++
      found = all() || found
    }
    return found
  }
  const all = (): boolean => {
    let found = true
    while (at < tokens.length && tokens[at] !== ')' && tokens[at] !== 'OR') found = one() && found
    return found
  }
  const one = (): boolean => {
    const token = tokens[at++] ?? ''
    if (token === '-' || token === '-(') return !one()
    if (token === '(') {
      const found = either()
      at++
      return found
    }
    return token.startsWith('-') && token.length > 1 ? !matchesTerm(state, post, token.slice(1)) : matchesTerm(state, post, token)
  }
  return either()
}

function matchesTerm(state: XState, post: XPost, term: string): boolean {
  const [, operator = '', value = ''] = /^(from|to|conversation_id|is|lang):(.+)$/.exec(term) ?? []
  const named = state.byHandle.get(value.toLowerCase().replace(/^@/, ''))?.id ?? value
  if (operator === 'from') return post.authorId === named
  if (operator === 'to') return post.inReplyToUserId === named
  if (operator === 'conversation_id') return post.conversationId === value
  if (operator === 'lang') return post.lang === value
  if (operator === 'is') return isOfKind(post, value)
  if (term.startsWith('@')) return mentionedHandles(post.text).includes(term.slice(1).toLowerCase())
  const text = post.text.toLowerCase()
  if (term.startsWith('"')) return text.includes(term.slice(1, -1).toLowerCase())
  return text.split(/[^\p{L}\p{N}#$_]+/u).includes(term.toLowerCase())
}

function isOfKind(post: XPost, kind: string): boolean {
  if (kind === 'reply') return post.inReplyTo !== null
  if (kind === 'quote') return post.quotes !== null
  return kind === 'retweet' && post.reposts !== undefined
}
