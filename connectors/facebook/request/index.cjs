// Stands in for the retired `request` package as far as `fb` calls it: one function over fetch that keeps no state.
const { AsyncLocalStorage } = require('node:async_hooks')

/** What surrounds one call: `base` instead of graph.facebook.com, and `onAnswer`, told status, headers and text. */
const exchange = new AsyncLocalStorage()

module.exports = function request(options, done) {
  const around = exchange.getStore() ?? {}
  send(options, around).then(
    (answer) => done(null, { statusCode: answer.status, headers: answer.headers }, answer.text),
    (error) => done({ error: plain(error) }),
  )
}
module.exports.exchange = exchange

async function send({ method = 'GET', uri, form, formData, headers, timeout, proxy }, around) {
  if (proxy) throw named('EPROXY', 'A proxy is set with NODE_USE_ENV_PROXY, not per call')
  const answer = await fetch(target(uri, around.base), {
    method: method.toUpperCase(),
    headers,
    body: formData ? multipart(formData) : form && new URLSearchParams(Object.entries(form).map(([k, v]) => [k, text(v)])),
    // A redirect would carry the token in the URL to wherever it points.
    redirect: 'error',
    signal: AbortSignal.timeout(timeout ?? 30_000),
  })
  const got = { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
  around.onAnswer?.(got)
  return got
}

function target(uri, base) {
  const url = new URL(uri)
  if (!/^https:\/\/graph\.(beta\.)?facebook\.com$/.test(url.origin)) throw named('EBASE', `Not a Graph address: ${url.origin}`)
  if (!base) return url
  const to = new URL(base)
  const isLoopback = /^https?:$/.test(to.protocol) && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(to.hostname)
  if (!isLoopback && to.origin !== 'https://graph.facebook.com') throw named('EBASE', `Only a simulator on loopback may stand in for Graph, not ${to.protocol}//${to.host}`)
  return new URL(to.pathname.replace(/\/$/, '') + url.pathname + url.search, to)
}

function multipart(fields) {
  const body = new FormData()
  for (const [name, field] of Object.entries(fields)) {
    const { value, options } = field?.options ? field : { value: field, options: {} }
    if (Buffer.isBuffer(value)) body.append(name, new Blob([value], { type: options.contentType }), options.filename ?? name)
    else body.append(name, text(value))
  }
  return body
}

const text = (value) => String(value ?? '')
const named = (code, message) => Object.assign(new Error(message), { code })

/** `fb` runs JSON.stringify over the error inside a callback, where a circular one ends the process: so copy what matters. */
function plain(error) {
  const cause = error.cause ?? error
  const isRedirect = /redirect/.test(cause.message ?? '')
  const code = error.name === 'TimeoutError' ? 'ETIMEDOUT' : isRedirect ? 'EREDIRECT' : (cause.code ?? error.code ?? 'ENETWORK')
  return { type: 'network', code: String(code), message: String(cause.message || error.message) }
}
