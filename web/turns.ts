// Lets only so many do something at once, and each person only some of those: one long thread of pictures must not hold up everybody else.

export interface Turns {
  /** Waits for a turn; null: too many wait already, or whoever asked has left. Give it back by calling what it answers, once. */
  take: (who: string, signal: AbortSignal) => Promise<(() => void) | null>
}

export function turns({ atOnce, each, waiting }: { atOnce: number; each: number; waiting: number }): Turns {
  let running = 0
  const of = new Map<string, number>()
  const queue: { who: string; start: () => void }[] = []

  function begin(who: string): () => void {
    running++
    of.set(who, (of.get(who) ?? 0) + 1)
    return () => {
      running--
      const left = of.get(who)! - 1
      if (left) of.set(who, left)
      else of.delete(who)
      next()
    }
  }
  const isFree = (who: string) => running < atOnce && (of.get(who) ?? 0) < each

  /** The first in the row whose own share is not used up. */
  function next() {
    const at = queue.findIndex(one => isFree(one.who))
    if (at >= 0) queue.splice(at, 1)[0]!.start()
  }

  return {
    async take(who, signal) {
      if (signal.aborted) return null
      if (isFree(who)) return begin(who)
      if (queue.length >= waiting) return null
      return new Promise(resolve => {
        const leave = () => {
          queue.splice(queue.indexOf(one), 1)
          resolve(null)
        }
        const one = {
          who,
          start: () => {
            signal.removeEventListener('abort', leave)
            resolve(begin(who))
          },
        }
        queue.push(one)
        signal.addEventListener('abort', leave, { once: true })
      })
    },
  }
}
