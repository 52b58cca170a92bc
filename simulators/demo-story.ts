// Plays the demo's story on both simulators: some of it at once, dated into the last hours, the rest bit by bit.
import { brand, type DemoLine, demoLines } from './demo-lines.ts'
import type { GraphSimulator } from './graph/start.ts'
import type { GraphApp, GraphPage } from './graph/state.ts'
import { people } from './people.ts'
import type { XSimulator } from './x/start.ts'
import type { XApp, XUser } from './x/state.ts'

export interface DemoWorld {
  x: { app: XApp; brand: XUser }
  graph: { app: GraphApp; page: GraphPage }
}
export interface DemoStoryOptions {
  /** Between two lines of the part that comes bit by bit. */
  everyMs?: number
  /** Nothing after what stands there at the start. */
  onlyStart?: boolean
  onError?: (error: unknown) => void
}
export interface DemoStory {
  world: DemoWorld
  /** Lines said so far, counting those before a restart. */
  said: () => number
  stop: () => void
}
type Stage = [x: Pick<XSimulator, 'control'>, graph: Pick<GraphSimulator, 'control'>]

/** The invented brand, its page and the two developer apps; made once, found again after a restart. */
export function createDemoWorld(...[x, graph]: Stage): DemoWorld {
  const appName = 'Heed demo'
  return {
    x: {
      app: x.control.apps().find(app => app.name === appName) ?? x.control.createApp({ name: appName }),
      brand: x.control.brands().find(one => one.username === brand.handle) ?? x.control.createBrand(brand),
    },
    graph: {
      app: graph.control.apps().find(app => app.name === appName) ?? graph.control.createApp({ name: appName }),
      page:
        graph.control.pages().find(page => page.username === brand.handle) ??
        graph.control.createPage({ name: brand.name, username: brand.handle, about: brand.bio, followers: 31_877 }),
    },
  }
}

/** Connect the accounts before, and each line is pushed as it is said. After a restart it goes on where it stopped. */
export function playDemoStory(...[x, graph, options = {}]: [...Stage, DemoStoryOptions?]): DemoStory {
  const { everyMs = 20_000, onlyStart = false, onError = error => console.error('demo story:', error) } = options
  const world = createDemoWorld(x, graph)
  const note = (key: string, value?: string) => x.control.note({ key: `demo ${key}`, value }).value
  const said = () => Number(note('lines') ?? 0)
  const sayNext = () => {
    const number = said()
    const line = demoLines[number]
    if (!line) return false
    // Counted first: a line may be lost to a kill, but is never said twice.
    note('lines', String(number + 1))
    const id = say(line, x, graph, world, key => note(`line ${key}`) ?? undefined)
    if (line.key) note(`line ${line.key}`, id)
    return true
  }
  while (demoLines[said()]?.ago !== undefined) sayNext()

  let timer: NodeJS.Timeout | undefined
  const goOn = () => {
    timer = setTimeout(() => {
      try {
        if (!sayNext()) return
      } catch (error) {
        onError(error)
      }
      goOn()
    }, everyMs)
    timer.unref()
  }
  if (!onlyStart) goOn()
  return { world, said, stop: () => clearTimeout(timer) }
}

function say(line: DemoLine, ...[x, graph, world, idOf]: [...Stage, DemoWorld, (key: string) => string | undefined]): string {
  const at = line.ago === undefined ? undefined : Date.parse(x.control.now().now) - line.ago * 60_000
  const isBrand = line.from === 'brand'
  const person = people.find(one => one.name === line.from)
  const onX = person ?? { handle: brand.handle }
  const onFacebook = isBrand ? world.graph.page.id : line.from
  const page = world.graph.page.id
  switch (line.on) {
    case 'x':
      return x.control.post({
        from: isBrand ? brand.handle : onX,
        text: line.text,
        inReplyTo: line.to ? idOf(line.to) : undefined,
        at,
      }).id
    case 'x message':
      return x.control.directMessage({ from: onX, to: brand.handle, text: line.text, at }).id
    case 'facebook post':
      return graph.control.post({ page, from: onFacebook, message: line.text, at }).id
    case 'facebook elsewhere':
      return graph.control.post({ page, from: onFacebook, message: line.text, at, elsewhere: true }).id
    case 'facebook comment':
      return graph.control.comment({ on: idOf(line.to ?? '') ?? '', from: onFacebook, message: line.text, at }).id
    case 'messenger':
      return graph.control.message({
        page,
        from: isBrand ? customerOf(line) : line.from,
        text: line.text,
        at,
        byPage: isBrand,
      }).id
  }
}

/** A message of the page goes to whoever it answers. */
function customerOf(line: DemoLine): string {
  return demoLines.find(other => other.key === line.to)?.from ?? ''
}
