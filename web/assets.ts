// Files browsers fetch: css, js, icons of the platforms, and the rules browser and server share.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { Hono } from 'hono'
import { projectRoot } from '../config.ts'

export function assets() {
  const files = new Hono()
  files.get('/public/htmx.js', c => answer(c.req.raw, join(projectRoot, 'node_modules/htmx.org/dist/htmx.min.js'), 'js'))
  files.get('/public/platforms/:platform/icon.svg', c =>
    answer(c.req.raw, join(projectRoot, 'connectors', plain(c.req.param('platform')), 'icon.svg'), 'svg'),
  )
  files.get('/public/platforms/:platform/length.js', c =>
    answer(c.req.raw, sourceOf(`connectors/${plain(c.req.param('platform'))}/length`), 'js'),
  )
  files.get('/public/rules/:name{(signature|handoff|split)\\.(js|ts)}', c =>
    answer(c.req.raw, sourceOf(`responders/${c.req.param('name').split('.')[0]}`), 'js'),
  )
  files.get('/public/:name{[a-z0-9-]+\\.(css|js|svg)}', c => {
    const name = c.req.param('name')
    return answer(c.req.raw, join(projectRoot, 'web/public', name), name.split('.').pop() as keyof typeof TYPES)
  })
  return files
}

/** The browser counts and signs with the very files the server uses: compiled in dist/, or the source with its types taken off. */
function sourceOf(name: string) {
  const compiled = join(import.meta.dirname, '..', `${name}.js`)
  return existsSync(compiled) ? compiled : join(projectRoot, `${name}.ts`)
}

async function answer(request: Request, path: string, type: keyof typeof TYPES): Promise<Response> {
  const file = await load(path)
  if (!file) return new Response('There is no such file.', { status: 404 })
  const headers = { 'content-type': TYPES[type], etag: file.etag, 'cache-control': 'no-cache' }
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers })
  return new Response(file.body, { headers })
}

const loaded = new Map<string, Promise<{ body: string; etag: string } | null>>()

function load(path: string) {
  // While developing, an edited stylesheet shows on reload; a built Heed reads each file once.
  if (isSource) return read(path)
  if (!loaded.has(path)) loaded.set(path, read(path))
  return loaded.get(path)!
}

async function read(path: string) {
  if (!existsSync(path)) return null
  const text = await readFile(path, 'utf8')
  const body = path.endsWith('.ts') ? stripTypeScriptTypes(text) : text
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"` }
}

const isSource = import.meta.filename.endsWith('.ts')
const plain = (name: string) => (/^[a-z0-9-]+$/.test(name) ? name : 'none')
const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' }
