// The simulators' public pages and their control over HTTP, as a newcomer and a stranger meet them.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type GraphSimulator, startGraphSimulator } from '../../simulators/graph/start.ts'
import { startXSimulator, type XSimulator } from '../../simulators/x/start.ts'

let x: XSimulator
let graph: GraphSimulator
beforeEach(async () => {
  x = await startXSimulator()
  graph = await startGraphSimulator()
  x.control.createBrand({ handle: 'larkspan', name: 'Larkspan' })
  graph.control.createPage({ name: 'Larkspan', username: 'larkspan' })
})
afterEach(() => Promise.all([x.stop(), graph.stop()]))

const submit = (url: string, fields: Record<string, string>, headers = {}) =>
  fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields), redirect: 'manual' })

test('a form without a script posts as an invented customer who mentions the brand', async () => {
  await submit(`${x.url}/_page/post`, {
    as: 'Mara Quillon',
    text: 'no <b>internet</b>',
    mention: x.control.brands()[0]?.id ?? '',
    answering: '',
  })
  expect(x.control.posts()).toMatchObject([{ author: 'maraquillon', text: '@larkspan no <b>internet</b>' }])
  expect(await (await fetch(x.url)).text()).toContain('no &lt;b&gt;internet&lt;/b&gt;')
})

test('a typed name becomes a handle', async () => {
  await submit(`${x.url}/_page/message`, { as: 'Zoë van der Berg', text: 'hello', to: x.control.brands()[0]?.id ?? '' })
  expect(x.control.messages()).toMatchObject([{ from: 'Zoe_van_der_Ber', to: 'larkspan', text: 'hello' }])
})

test('a link to a post shows its thread', async () => {
  const post = x.control.post({ from: 'cleo', text: 'first' })
  const response = await fetch(`${x.url}/cleo/status/${post.id}`)
  expect(await response.text()).toContain(`id="p-${post.id}"`)
})

test('on Facebook one comments under a post and writes by Messenger', async () => {
  const page = graph.control.pages()[0]?.id ?? ''
  const post = graph.control.post({ page, from: 'Larkspan', message: 'hello' })
  await submit(`${graph.url}/_page/post`, { as: 'Mara Quillon', text: 'no internet', page, answering: post.id })
  await submit(`${graph.url}/_page/message`, { as: 'Mara Quillon', text: 'still none', page })
  expect(graph.control.replies({ to: post.id })).toMatchObject([{ author: 'Mara Quillon', message: 'no internet' }])
  expect(await (await fetch(`${graph.url}/?tab=messages`)).text()).toContain('still none')
})

test('on Instagram one mentions and tags the brand, comments under a photo, and writes by Direct', async () => {
  const account = graph.control.createInstagram({ page: 'Larkspan' }).id
  const share = (fields: object) =>
    submit(`${graph.url}/_page/instagram`, { as: 'Mara Quillon', account, answering: '', how: 'mention', ...fields })
  await share({ text: 'no internet' })
  const [photo] = graph.control.photos()
  expect(photo).toMatchObject({ author: 'maraquillon', caption: 'no internet @larkspan' })
  await share({ text: 'the van', how: 'tag' })
  await share({ text: 'me too', as: 'Tobin Ashgrove', answering: photo!.id })
  await submit(`${graph.url}/_page/direct`, { as: 'Mara Quillon', text: 'still none', account })
  expect(graph.control.instagramComments({ on: photo!.id })).toMatchObject([{ author: 'tobin_ashgrove', text: 'me too' }])
  const shown = await (await fetch(photo!.url)).text()
  expect(shown).toContain('me too')
  expect(await (await fetch(`${graph.url}/instagram`)).text()).toContain('tags @larkspan')
  expect(await (await fetch(`${graph.url}/direct/inbox/`)).text()).toContain('still none')
})

test('another site’s form and another host’s name are refused', async () => {
  const foreign = await submit(`${x.url}/_page/post`, { as: 'x', text: 'y' }, { origin: 'https://elsewhere.example' })
  expect(foreign.status).toBe(403)
  expect(x.control.posts()).toEqual([])
})

test('the control answers over HTTP, and says what went wrong', async () => {
  const control = async (name: string, body: object) =>
    (await fetch(`${x.url}/_sim/${name}`, { method: 'POST', body: JSON.stringify(body) })).json()
  expect(await control('post', { from: 'cleo', text: '@larkspan hi' })).toMatchObject({
    result: { author: 'cleo', text: '@larkspan hi' },
  })
  expect(await control('edit', { id: '1', text: 'x' })).toEqual({ error: 'there is no post 1 to edit' })
  expect(await control('fly', {})).toMatchObject({ error: 'no control is called fly' })
})
