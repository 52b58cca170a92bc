// Finds the status a conversation began with: Mastodon names only what a status answers.
import type { mastodon } from 'masto'
import type { Line } from '../connector.ts'
import { callMastodon } from './call.ts'
import { isGone } from './problem.ts'

/** What a conversation began with: one call for each answer, unless an answer of the same conversation was looked up in this poll. */
export class Roots {
  private readonly known = new Map<string, string>()
  private calls = 0
  private readonly line: Line
  private readonly isFirstWalk: boolean
  constructor(line: Line, isFirstWalk: boolean) {
    this.line = line
    this.isFirstWalk = isFirstWalk
  }

  /** Enough for one poll: the walk stops after this page and goes on in the next. */
  get isSpent(): boolean {
    return this.calls >= LOOK_UPS
  }

  async of(statuses: readonly mastodon.v1.Status[]): Promise<Record<string, string>> {
    const roots: Record<string, string> = {}
    // Oldest first: an answer's parent is often on the same page.
    for (const status of [...statuses].reverse()) {
      if (status.visibility === 'direct' || !status.inReplyToId) continue
      roots[status.id] = this.known.get(status.inReplyToId) ?? (await this.lookUp(status.id, status.inReplyToId))
      this.known.set(status.id, roots[status.id]!)
    }
    return roots
  }

  /** Where the parent is hidden from us, and for much old history, the parent itself must do. */
  private async lookUp(id: string, parent: string): Promise<string> {
    if (this.isFirstWalk && this.isSpent) return parent
    this.calls++
    try {
      const { data } = await callMastodon(this.line, 'read', client => client.v1.statuses.$select(id).context.fetch.$raw())
      const root = data?.ancestors?.[0]?.id ?? parent
      for (const ancestor of data?.ancestors ?? []) this.known.set(ancestor.id, root)
      return root
    } catch (error) {
      if (isGone(error)) return parent
      throw error
    }
  }
}

const LOOK_UPS = 40
