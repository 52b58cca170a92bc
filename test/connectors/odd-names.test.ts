// Names that JavaScript's own objects have are no kinds we know, whoever sends them.
import { describe, expect, it } from 'vitest'
import { attachmentsOf as mastodonsOf } from '../../connectors/mastodon/media.ts'
import { plainText } from '../../connectors/mastodon/text.ts'
import { pushedAttachments } from '../../connectors/meta/media.ts'
import { attachmentsOf as xsOf } from '../../connectors/x/media.ts'
import { problemOfErrors } from '../../connectors/x/problem.ts'

describe.each(['constructor', 'toString', '__proto__'])('something called %s', name => {
  it('is a file where a platform names a kind', () => {
    expect(mastodonsOf({ mediaAttachments: [{ type: name }] }, false)).toMatchObject([{ kind: 'file' }])
    expect(xsOf({ attachments: { media_keys: ['3_1'] } }, { media: [{ media_key: '3_1', type: name }] })).toMatchObject([{ kind: 'file' }])
    expect(xsOf({ attachments: { media_keys: [`${name}_1`] } }, {})).toMatchObject([{ kind: 'file' }])
    expect(pushedAttachments([{ type: name }])).toBeUndefined()
  })

  it('is left as it was written in words', () => {
    expect(plainText(`<p>&amp; &${name};</p>`)).toBe(`& &${name};`)
  })

  it('is a fault like any other', () => {
    expect(problemOfErrors([{ type: `https://api.x.com/2/problems/${name}` }], new Date())).toMatchObject({ kind: 'refused' })
  })
})
