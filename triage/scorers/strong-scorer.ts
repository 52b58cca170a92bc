// What a stronger scorer is: asked about one text, it answers with shares of belief or throws; the embedded score stands wherever it does.
import type { SecondOpinion } from '../../domain.ts'
import { judgedCategories } from '../signals/heads.ts'

export interface StrongScorer {
  name: 'endpoint' | 'onnx' | 'encoder'
  /** As reps read it beside what it said, and as it is kept. */
  model: string
  /** What it was made for; absent: any text. */
  isFor?(text: string): boolean
  /** The most an answer can cost, in tokens; 0: nothing. */
  costOf(text: string): number
  /** @throws NoAnswer for whatever is wrong: away, refused, an answer that is none. Too slow is for the caller to say. */
  ask(question: Question, signal: AbortSignal): Promise<Answer>
  /** Frees what it holds. */
  close?(): Promise<void>
}

/** The message is shown to the operator: it holds nothing of the text, and no key. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  constructor(
    message: string,
    /** It was turned away before any work was done. */
    readonly isFree: boolean,
  ) {
    super(message)
  }
}

export interface Question {
  text: string
  /** Who wrote it where, and when: to tell what others said from what one person said twice. */
  accountId: string
  customerId: string | null
  postedAt: Date
}
export interface Answer {
  opinion: Omit<SecondOpinion, 'by'>
  /** What it cost. */
  tokens: number
}

/** A label of anybody's model in our words: one of our categories, or a feeling under one of its usual names. Undefined: not ours. */
export function readLabel(label: string): { category: (typeof judgedCategories)[number] } | { feeling: Feeling } | undefined {
  const word = label
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  const category = judgedCategories.find(one => one === word)
  if (category) return { category }
  const feeling = FEELINGS[word]
  return feeling && { feeling }
}

type Feeling = keyof NonNullable<SecondOpinion['sentiment']>
const FEELINGS: Record<string, Feeling> = {
  negative: 'negative',
  neg: 'negative',
  neutral: 'neutral',
  neu: 'neutral',
  positive: 'positive',
  pos: 'positive',
}
