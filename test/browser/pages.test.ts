// Every page in a real Chromium: no sideways scrolling on any screen, landmarks and names for who does not see, contrast by day and night.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWith } from '../needs.ts'
import { eventually } from '../processes.ts'
import { type DemoStage, openDemoStage } from './demo-stage.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const WIDTHS = [1440, 1024, 390, 320]

describeWith({ Chromium: true }, 'every page', () => {
  let stage: DemoStage
  let page: Page
  let paths: string[]
  const found: Record<'sideways' | 'structure' | 'contrast', string[]> = { sideways: [], structure: [], contrast: [] }

  beforeAll(async () => {
    stage = await openDemoStage()
    page = (await stage.teammate('Nora Wilhelmina Featherstonehaugh-Cholmondeley', 'admin')).page
    await stage.onX('post', {
      from: { handle: 'longest_handle_', name: 'Maximiliane Oberschlägerdorffer-Wolkensteinhaus von und zu Überlingen' },
      text: `@larkspan ${'unbreakable'.repeat(20)} 👩‍👩‍👧‍👦 my line is down for the third time, nobody answers`,
    })
    await stage.onX('post', {
      from: { handle: 'rtl_writer', name: 'ليلى الحسن' },
      text: '@larkspan الإنترنت مقطوع منذ الأمس، لا أحد يرد. my internet is down, please help',
    })
    const long = await stage.ticketAbout('unbreakable')
    await page.goto(`${stage.url}/incidents/new`)
    await page.keyboard.type('Fibre cut in Osterby')
    await page.keyboard.press('Tab')
    await page.keyboard.type('reach the internet')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Publish' }).press('Enter')
    await eventually('the incident', () => stage.desk.db.selectFrom('statusUpdates').select('id').executeTakeFirst())
    const template = await stage.desk.db.selectFrom('templates').select('id').executeTakeFirstOrThrow()
    paths = [
      ...[
        '/queue',
        '/queue?view=review',
        '/queue?view=opportunity',
        '/queue?view=noise',
        '/queue?view=failed',
        '/queue?view=incident',
        '/queue?view=solved',
        '/queue?q=nothing%20like%20it',
        `/tickets/${long.number}`,
      ],
      ...[
        '/dashboard',
        '/dashboard?period=30d',
        '/dashboard/hours',
        '/dashboard/mentions',
        '/dashboard/tickets?metric=waiting',
        '/incidents',
        '/incidents/new',
        '/incidents/1',
        '/incidents/1/update',
        '/incidents/1/matching',
        '/incidents/1/all-clear',
      ],
      ...[
        '/templates',
        '/templates/new',
        `/templates/${template.id}`,
        '/accounts',
        '/accounts/apps/new/x',
        '/accounts/apps/new/facebook',
        '/health',
        '/teammates',
        '/me',
        '/status',
        '/rules',
        '/rules/new',
        '/rules/thresholds',
        '/triage',
        '/triage/accuracy',
      ],
    ]
    for (const path of [...paths, '/tickets/99999', '/sign-in']) await walk(path)
  })

  /** One visit a page: drawn anew for each screen and each light. */
  async function walk(path: string) {
    const answer = await page.goto(stage.url + path)
    if (paths.includes(path) && answer?.status() !== 200) throw new Error(`${path} answered ${answer?.status()}`)
    found.structure.push(...(await page.evaluate(faultsOfStructure)).map(what => `${path}: ${what}`))
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      found.contrast.push(...(await page.evaluate(weakContrasts)).map(what => `${colorScheme} ${path}: ${what}`))
    }
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 })
      found.sideways.push(...(await page.evaluate(widerThanTheirPlace)).map(what => `${path} at ${width}: ${what}`))
    }
    await page.setViewportSize({ width: 1440, height: 900 })
  }
  afterAll(() => stage?.close())

  test('no page scrolls sideways at 1440, 1024, 390 and 320 px', () => {
    expect(found.sideways).toEqual([])
  })

  test('each has one h1, its landmarks, and a name for everything one can press or fill in', () => {
    expect(found.structure).toEqual([])
  })

  test('text stands out from its ground by day and by night', () => {
    expect(found.contrast).toEqual([])
  })

  test('the focus is seen wherever Tab leads, on the desk and on a page of forms', async () => {
    const found: string[] = []
    for (const path of ['/queue', paths.find(one => one.startsWith('/tickets/'))!, '/accounts', '/incidents/1/update']) {
      await page.goto(stage.url + path)
      await page.locator('body').focus()
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press('Tab')
        const unseen = await page.evaluate(unseenFocus)
        if (unseen) found.push(`${path}: ${unseen}`)
      }
    }
    expect(found).toEqual([])
  })

  test('nothing failed in a script, and nothing was stopped by the content policy', () => {
    expect(stage.complaints().filter(one => !/status of 404/.test(one))).toEqual([])
  })
})

// These run in the page.

function widerThanTheirPlace(): string[] {
  const root = document.documentElement
  const found = root.scrollWidth > innerWidth ? [`the page, ${root.scrollWidth} px`] : []
  for (const pane of document.querySelectorAll<HTMLElement>('.desk > *, .reading, .composer, main, .card'))
    if (pane.clientWidth && pane.scrollWidth > pane.clientWidth + 1)
      found.push(`${pane.tagName}.${pane.className}, ${pane.scrollWidth} in ${pane.clientWidth} px`)
  return found
}

function faultsOfStructure(): string[] {
  const isShown = (element: Element) => element.checkVisibility({ visibilityProperty: true })
  const all = <T extends Element = HTMLElement>(selector: string) => [...document.querySelectorAll<T>(selector)]
  const found: string[] = []
  const headings = all('h1').filter(isShown)
  if (headings.length !== 1) found.push(`${headings.length} h1`)
  if (all('main').length !== 1) found.push('no main')
  if (!document.title || !root().lang) found.push('no title or language')
  if (document.body.classList.contains('column') || document.body.classList.contains('desk'))
    for (const landmark of ['header.top', 'nav[aria-label]', '[role="search"]', '.skip'])
      if (!document.querySelector(landmark)) found.push(`no ${landmark}`)
  const ids = all('[id]').map(element => element.id)
  for (const id of new Set(ids.filter((one, i) => ids.indexOf(one) !== i))) found.push(`two #${id}`)
  for (const field of all<HTMLInputElement>('input:not([type="hidden"]), select, textarea'))
    if (!field.labels?.length && !field.ariaLabel && !field.getAttribute('aria-labelledby'))
      found.push(`no label: ${field.outerHTML.slice(0, 80)}`)
  for (const control of all('button, a[href], summary'))
    if (isShown(control) && !(control.textContent?.trim() || control.ariaLabel || control.querySelector('img[alt]:not([alt=""])')))
      found.push(`no name: ${control.outerHTML.slice(0, 80)}`)
  for (const image of all('img:not([alt])')) found.push(`no alt: ${image.outerHTML.slice(0, 80)}`)
  for (const described of all('[aria-describedby], [aria-labelledby]'))
    for (const id of `${described.getAttribute('aria-describedby') ?? ''} ${described.getAttribute('aria-labelledby') ?? ''}`
      .trim()
      .split(/\s+/))
      if (!document.getElementById(id)) found.push(`#${id} is not there`)
  return found

  function root() {
    return document.documentElement
  }
}

/** WCAG's ratio, for each element with words of its own: 4.5, large 3; disabled ones are exempt. */
function weakContrasts(): string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!
  const known = new Map<string, [number, number, number, number]>()
  const read = (color: string) => {
    const before = known.get(color)
    if (before) return before
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data as unknown as [number, number, number, number]
    known.set(color, [r, g, b, a])
    return [r, g, b, a]
  }
  const over = ([r, g, b, a]: number[], under: number[]) => [r!, g!, b!].map((one, i) => (one * a!) / 255 + under[i]! * (1 - a! / 255))
  const groundOf = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255]
    const color = read(getComputedStyle(element).backgroundColor)
    return color[3] === 255 ? color.slice(0, 3) : over(color, groundOf(element.parentElement))
  }
  const luminance = (color: number[]) => {
    const [r, g, b] = color.map(one => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  }
  const found = new Set<string>()
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    const words = [...element.childNodes]
      .filter(node => node.nodeType === 3 && node.textContent!.trim())
      .map(node => node.textContent!.trim())
    if (
      !words.length ||
      !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
      element.closest(':disabled, [aria-disabled="true"], .visually-hidden, .skip, label:has(:disabled), svg')
    )
      continue
    const style = getComputedStyle(element)
    const ground = groundOf(element)
    const [light, dark] = [luminance(over(read(style.color), ground)), luminance(ground)].sort((a, b) => b - a)
    const ratio = (light! + 0.05) / (dark! + 0.05)
    const size = Number.parseFloat(style.fontSize)
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
    if (ratio < (isLarge ? 3 : 4.5)) found.add(`${ratio.toFixed(2)} “${words[0]!.slice(0, 30)}” ${element.tagName}.${element.className}`)
  }
  return [...found]
}

function unseenFocus(): string | null {
  const at = document.activeElement as HTMLElement | null
  if (!at || at === document.body) return null
  // The composer shows it by its own border, a tab by the words beside its radio.
  const bearer = at.closest('.ways label')?.querySelector('span') ?? at
  const style = getComputedStyle(bearer)
  const isOutlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2
  const isInComposer =
    at.matches('.composer textarea') &&
    getComputedStyle(at.closest('.composer')!).borderColor === getComputedStyle(document.querySelector('.brand svg')!).color
  const box = at.getBoundingClientRect()
  const isOnScreen = box.bottom > 0 && box.top < innerHeight && box.width > 0
  return (isOutlined || isInComposer) && (isOnScreen || at.matches('.ways input')) ? null : at.outerHTML.slice(0, 90)
}
