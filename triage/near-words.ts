// Counts who else said nearly the same: most of the telling words in common, whatever their order and the small words between. Pure.
import type { Id } from '../domain.ts'

export interface Said {
  id: Id
  accountId: Id
  customerId: Id | null
  postedAt: Date
  text: string
}

/** For each mention how many other people, not counting its author, said nearly the same within the hour before it. */
export function countNear(mentions: readonly Said[], recent: readonly Said[]): Map<Id, number> {
  const bags = recent.map(said => ({ said, words: tellingWords(said.text) }))
  const byWord = new Map<string, number[]>()
  bags.forEach(({ words }, i) => {
    for (const word of words) {
      const list = byWord.get(word)
      if (list) list.push(i)
      else byWord.set(word, [i])
    }
  })
  // Most of a batch stand among the recent: their words are known already.
  const known = new Map(bags.map(({ said, words }) => [said.id, words]))
  return new Map(mentions.map(one => [one.id, othersLike(one, known.get(one.id) ?? tellingWords(one.text), bags, byWord)]))
}

function othersLike(
  mention: Said,
  words: ReadonlySet<string>,
  bags: readonly { said: Said; words: Set<string> }[],
  byWord: ReadonlyMap<string, number[]>,
): number {
  if (words.size < FEWEST) return 0
  const shared = new Map<number, number>()
  for (const word of words) for (const i of byWord.get(word) ?? []) shared.set(i, (shared.get(i) ?? 0) + 1)
  const people = new Set<Id>()
  for (const [i, count] of shared) {
    const { said, words: theirs } = bags[i]!
    if (count < FEWEST || count / (words.size + theirs.size - count) < ALIKE) continue
    if (said.accountId !== mention.accountId || said.customerId === null || said.customerId === mention.customerId) continue
    const before = mention.postedAt.getTime() - said.postedAt.getTime()
    if (before >= 0 && before <= HOUR_MS) people.add(said.customerId)
  }
  return people.size
}

/** Words of three letters and more, without names and links; at most so many, so that a long text costs what a short one does. */
function tellingWords(text: string): Set<string> {
  const words = text.slice(0, MOST_LETTERS).toLowerCase().replace(NAMES, ' ').match(WORDS) ?? []
  return new Set(words.slice(0, MOST_WORDS))
}

const FEWEST = 4
/** Of all words of both. */
const ALIKE = 0.6
const HOUR_MS = 3_600_000
const MOST_LETTERS = 600
const MOST_WORDS = 40
const NAMES = /https?:\/\/\S+|@[\w.]+/gu
const WORDS = /[\p{L}\p{N}]{3,}/gu
