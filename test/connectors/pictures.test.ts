// Pictures in answers, on every simulated platform alike: they arrive with their descriptions, an upload is not the post, and no answer is there twice.
import { describe, expect, it } from 'vitest'
import { all } from './pictured.ts'

const DESCRIBED = { alt: 'A blue suitcase with a torn strap', width: 8, height: 6 }

describe.each(all)('$name', ({ world, takes, path }) => {
  it('shows the pictures with what they show said in words', async () => {
    const here = await world()
    const pictures = Array.from({ length: takes.most }, (_, nth) => here.picture({ ...DESCRIBED, alt: `${DESCRIBED.alt}, ${nth + 1}` }))
    const sent = await here.send({ pictures })
    expect(here.shown(sent.externalId)).toEqual(
      pictures.map(({ type, alt, bytes }) => ({ type, alt: takes.alt ? alt : '', size: bytes.length })),
    )
    expect(here.answers()).toBe(1)
  })

  it('sends words without pictures as before', async () => {
    const here = await world()
    const sent = await here.send(takes.apart ? { text: 'On its way' } : {})
    expect(here.shown(sent.externalId)).toEqual([])
  })

  it.each(['dropped', 'accepted-then-dropped', 'server-error', 'cut-body'] as const)(
    'tries again after an upload that was %s: nothing is posted',
    async kind => {
      const here = await world()
      here.fault({ kind, method: 'POST', path: path.upload })
      await expect(here.send({ pictures: [here.picture(DESCRIBED)] })).rejects.toMatchObject({ kind: 'retry' })
      expect(here.answers()).toBe(0)
      const sent = await here.send({ pictures: [here.picture(DESCRIBED)] })
      expect(here.shown(sent.externalId)).toHaveLength(1)
      expect(here.answers()).toBe(1)
    },
  )

  it('takes an upload that was turned down for a refusal: nothing is posted', async () => {
    const here = await world()
    here.fault({ kind: 'answer', method: 'POST', path: path.upload, status: 400, body: here.refusal })
    await expect(here.send({ pictures: [here.picture(DESCRIBED)] })).rejects.toMatchObject({ kind: 'refused' })
    expect(here.answers()).toBe(0)
  })

  it('does not know how the post ended when the connection broke there, and finds it again', async () => {
    const here = await world()
    const pictures = [here.picture(DESCRIBED)]
    here.fault({ kind: 'accepted-then-dropped', method: 'POST', path: path.post })
    const since = here.now()
    await expect(here.send({ pictures })).rejects.toMatchObject({ kind: 'unsure' })
    const found = await here.find({ pictures }, since)
    expect(here.shown(found!.externalId)).toHaveLength(1)
    expect(here.answers()).toBe(1)
  })

  it('looks, and does not find what never arrived', async () => {
    const here = await world()
    const pictures = [here.picture(DESCRIBED)]
    here.fault({ kind: 'dropped', method: 'POST', path: path.post })
    const since = here.now()
    await expect(here.send({ pictures })).rejects.toMatchObject({ kind: 'unsure' })
    expect(await here.find({ pictures }, since)).toBeNull()
  })

  it('lets nothing leave that its rule does not take', async () => {
    const here = await world()
    const one = here.picture(DESCRIBED)
    const tooMany = Array.from({ length: takes.most + 1 }, () => one)
    const tooLarge = { ...one, bytes: new Uint8Array(takes.bytes + 1) }
    const tooLong = { ...one, alt: 'x'.repeat(takes.alt + 1) }
    here.fault({ kind: 'server-error', times: 1000 })
    for (const pictures of [tooMany, [tooLarge], [{ ...one, type: 'image/tiff' as never }], ...(takes.alt ? [[tooLong]] : [])])
      await expect(here.send({ pictures })).rejects.toMatchObject({ kind: 'refused' })
  })
})

describe.each(all.filter(one => one.slow))('$name', ({ world, slow }) => {
  it('waits for a picture that is made ready a little later', async () => {
    const here = await world()
    slow!(here, 2)
    const sent = await here.send({ pictures: [here.picture(DESCRIBED)] })
    expect(here.shown(sent.externalId)).toHaveLength(1)
  })
})

describe('where a way takes no pictures', () => {
  it.each(all.flatMap(({ name, refuses }) => (refuses ? [{ name, refuses }] : [])))(
    'says so and sends nothing: $name',
    async ({ refuses }) => {
      const { send, answers } = await refuses()
      await expect(send()).rejects.toMatchObject({ kind: 'refused', message: expect.stringMatching(/words only/) })
      expect(answers()).toBe(0)
    },
  )
})
