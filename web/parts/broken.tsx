// The pages for what is not there and for what broke.

import type { ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { WebEnv } from '../env.ts'
import { refused } from './refused.tsx'

export const missingPage: NotFoundHandler<WebEnv> = c =>
  refused(c, 404, 'Not here', 'There is no page at this address. It may have moved, or the link is incomplete.')

export const brokenPage: ErrorHandler<WebEnv> = (error, c) => {
  if (error instanceof HTTPException) {
    if (error.status === 403)
      return refused(
        c,
        403,
        'Sent from somewhere else',
        'This form did not come from a page of this Heed, so nothing was done. Open the page here and try again.',
      )
    return error.getResponse()
  }
  c.get('desk').log.error({ err: error, path: c.req.path }, 'a page broke')
  return refused(
    c,
    500,
    'This did not work',
    'Something broke on our side. What you wrote is still in your browser: go back, and try again. If it keeps happening, tell whoever runs this Heed.',
  )
}
