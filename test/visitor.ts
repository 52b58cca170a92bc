// Somebody with a browser and no JavaScript: keeps cookies, reads the forms of a page and sends them as they stand.

export interface Seen {
  status: number
  path: string
  html: string
  /** What a person reads of it. */
  text: string
}
export interface Visitor {
  get: (path: string) => Promise<Seen>
  /** Opens what never ends by itself; answers with what came first. */
  follow: (path: string) => Promise<string>
  /** Fills in and sends the one form of the page that contains `holding`, by the button of that name and value if one is named. */
  send: (page: Seen, holding: string, words?: Record<string, string>, button?: Button) => Promise<Seen>
}
export interface Button {
  name?: string
  value?: string
  /** The button's own address. */
  formaction?: string
}

export function visitorOf(url: string): Visitor {
  const cookies = new Map<string, string>()
  const { origin } = new URL(url)

  const kept = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

  async function ask(path: string, form?: URLSearchParams): Promise<Seen> {
    const headers = { accept: 'text/html', cookie: kept(), ...(form ? { origin } : {}) }
    const answer = await fetch(new URL(path, url), { method: form ? 'POST' : 'GET', headers, body: form ?? null, redirect: 'manual' })
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
      cookies.set(name!, value!)
    }
    const html = await answer.text()
    const onwards = answer.headers.get('location')
    if (onwards && answer.status < 400) return ask(onwards)
    return {
      status: answer.status,
      path,
      html,
      text: unescaped(html.replace(/<(script|style)\b.*?<\/\1>/gs, '').replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' '),
    }
  }

  return {
    get: path => ask(path),
    follow: async path => {
      const answer = await fetch(new URL(path, url), { headers: { cookie: kept() } })
      const first = await answer.body!.getReader().read()
      return Buffer.from(first.value ?? []).toString('utf8')
    },
    send: (page, holding, words = {}, button = {}) => {
      const form = readForm(page, holding)
      const fields = new URLSearchParams(form.fields)
      for (const [name, value] of Object.entries(words)) fields.set(name, value)
      if (button.name) fields.set(button.name, button.value ?? '')
      return ask(button.formaction ?? form.action, fields)
    },
  }
}

export async function signIn(url: string, email: string, password: string): Promise<Visitor> {
  const visitor = visitorOf(url)
  const page = await visitor.get('/sign-in')
  const after = await visitor.send(page, 'name="password"', { email, password })
  if (after.status !== 200 || after.path.startsWith('/sign-in'))
    throw new Error(`signing in as ${email} led to ${after.path}: ${after.text.slice(0, 300)}`)
  return visitor
}

/** As a browser would send it untouched: hidden fields, what is ticked, what is written. */
function readForm(page: Seen, holding: string): { action: string; fields: [string, string][] } {
  const form = [...page.html.matchAll(/<form\b.*?<\/form>/gs)].map(one => one[0]).find(one => one.includes(holding))
  if (!form) throw new Error(`no form on ${page.path} (${page.status}) has ${holding}: ${page.text.slice(0, 500)}`)
  const fields: [string, string][] = []
  for (const [tag, kind] of form.matchAll(/<(input|textarea|select)\b[^>]*>/g)) {
    const name = attribute(tag, 'name')
    if (!name || /\sdisabled\b/.test(tag)) continue
    if (kind === 'textarea') fields.push([name, unescaped(new RegExp(`${escapeRegExp(tag)}(.*?)</textarea>`, 's').exec(form)![1]!)])
    else if (kind === 'select') fields.push([name, chosen(new RegExp(`${escapeRegExp(tag)}(.*?)</select>`, 's').exec(form)![1]!)])
    else if (!/^(checkbox|radio)$/.test(attribute(tag, 'type') ?? '') || /\schecked\b/.test(tag))
      fields.push([name, attribute(tag, 'value') ?? ''])
  }
  return { action: attribute(/^<form\b[^>]*>/.exec(form)![0], 'action') ?? page.path, fields }
}

function chosen(options: string): string {
  const all = [...options.matchAll(/<option\b[^>]*>/g)].map(one => one[0])
  return attribute(all.find(one => /\sselected\b/.test(one)) ?? all[0] ?? '', 'value') ?? ''
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return found === undefined ? undefined : unescaped(found)
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const unescaped = (text: string) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name]!)
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
