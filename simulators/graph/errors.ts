// The Graph API's errors: one shape, told apart by code and subcode.
import { randomBytes } from 'node:crypto'

export interface GraphError {
  code: number
  subcode?: number
  message: string
  type?: string
  status?: number
  isTransient?: boolean
}

export function graphError(
  { code, subcode, message, type = 'OAuthException', status, isTransient }: GraphError,
  headers: Record<string, string> = {},
): Response {
  const error = {
    message,
    type,
    code,
    ...(subcode ? { error_subcode: subcode } : {}),
    ...(isTransient === undefined ? {} : { is_transient: isTransient }),
    fbtrace_id: `A${randomBytes(12).toString('base64url')}`,
  }
  return Response.json({ error }, { status: status ?? (code === 1 || code === 2 ? 500 : 400), headers })
}

export function noSuchObject(id: string, verb: 'get' | 'post' | 'delete'): Response {
  return graphError({
    code: 100,
    subcode: 33,
    type: 'GraphMethodException',
    message: `Unsupported ${verb} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
  })
}

export function badParameter(message: string): Response {
  return graphError({ code: 100, message: `(#100) ${message}` })
}

export function notPermitted(message: string): Response {
  return graphError({ code: 200, message: `(#200) ${message}`, status: 403 })
}

const deadTokenWords: Record<number, string> = {
  458: 'The user has not authorized application.',
  459: 'You cannot access the app till you log in to www.facebook.com and follow the instructions given.',
  460: 'The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.',
  463: 'Session has expired.',
  467: 'The access token was invalidated.',
}
export function deadToken(subcode?: number): Response {
  const why = deadTokenWords[subcode ?? 0]
  return graphError({
    code: 190,
    subcode,
    message: why ? `Error validating access token: ${why}` : 'Invalid OAuth access token - Cannot parse access token',
  })
}

const throttleWords: Record<number, string> = {
  4: '(#4) Application request limit reached',
  17: '(#17) User request limit reached',
  32: '(#32) Page request limit reached',
  613: '(#613) Calls to this api have exceeded the rate limit.',
  80001: '(#80001) There have been too many calls to this Page account. Wait a bit and try again.',
  80006: '(#80006) There have been too many messages sent from this Page account. Wait a bit and try again.',
}
export function throttled(code: number, headers: Record<string, string> = {}): Response {
  return graphError(
    {
      code,
      message: throttleWords[code] ?? `(#${code}) Request limit reached`,
      isTransient: true,
      ...(code === 4 ? { status: 403 } : {}),
    },
    headers,
  )
}

/** Words of the errors a fault may ask for by code alone. */
export const usualWords: Record<number, string> = {
  1: 'An unknown error occurred',
  2: 'Service temporarily unavailable',
  10: '(#10) This message is sent outside of allowed window.',
  230: '(#230) This requires the profile consent of the person.',
  368: '(#368) The action attempted has been deemed abusive or is otherwise disallowed',
  506: '(#506) Duplicate status message',
  551: '(#551) This person is not available right now.',
}

export function outsideWindow(subcode = 2018278): Response {
  return graphError({
    code: 10,
    subcode,
    message:
      '(#10) This message is sent outside of allowed window. Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview',
  })
}

export function unavailable(): Response {
  return graphError({ code: 551, subcode: 1545041, message: '(#551) This person is not available right now.' })
}
