// Stops a job after so many queries as if its process had been killed there: nothing it would have done afterwards is done.
import type { KyselyPlugin } from 'kysely'

export class Killed extends Error {
  override readonly name = 'Killed'
}

export function killSwitch() {
  let left = Number.POSITIVE_INFINITY
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      if (left-- <= 0) throw new Killed('killed before this query')
      return node
    },
    transformResult: async ({ result }) => result,
  }
  return {
    plugin,
    arm: (queries: number) => void (left = queries),
    /** Whether it struck. */
    disarm: () => {
      const struck = left < 0
      left = Number.POSITIVE_INFINITY
      return struck
    },
  }
}
