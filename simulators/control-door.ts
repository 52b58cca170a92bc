// The control over HTTP: POST /_sim/<name> with one JSON object, for whoever plays the platform from outside the process.
import { Hono } from 'hono'

/** Every control is a function of at most one object; its result is answered as JSON. */
export function controlDoor(control: object): Hono {
  const door = new Hono()
  const names = Object.keys(control).filter(name => typeof (control as Record<string, unknown>)[name] === 'function')
  door.get('/', c => c.json({ controls: names }))
  door.get('/redirected', c => c.text('A redirect led here.'))
  door.post('/:name', async c => {
    const name = c.req.param('name')
    if (!names.includes(name)) return c.json({ error: `no control is called ${name}`, controls: names }, 404)
    const text = await c.req.text()
    try {
      const result = await (control as Record<string, (input: unknown) => unknown>)[name]?.(text ? JSON.parse(text) : {})
      return c.json({ result: result ?? null })
    } catch (error) {
      return c.json({ error: error instanceof Error ? error.message : String(error) }, 400)
    }
  })
  return door
}
