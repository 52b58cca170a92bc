// X's error answers: problem JSON in X's own words.

const types = 'https://api.x.com/2/problems'

export function problem(status: number, body: Record<string, unknown>, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers })
}

export function invalidRequest(message: string, parameters: Record<string, string[]> = {}): Response {
  return problem(400, {
    errors: [{ parameters, message }],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: `${types}/invalid-request`,
  })
}

export function unauthorized(): Response {
  return problem(401, { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' })
}

export function forbidden(detail: string): Response {
  return problem(403, { detail, type: 'about:blank', title: 'Forbidden', status: 403 })
}

export const notSummonedText =
  'Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.'
export const duplicateText = 'You are not allowed to create a Tweet with duplicate content.'

/** An app's token where a user's is needed, or the other way round. */
export function wrongAuthentication(used: string, accepted: string): Response {
  return problem(403, {
    title: 'Unsupported Authentication',
    detail: `Authenticating with ${used} is forbidden for this endpoint.  Supported authentication types are [${accepted}].`,
    type: `${types}/unsupported-authentication`,
    status: 403,
  })
}

/** The app's plan has no such endpoint. */
export function clientForbidden(appId: string): Response {
  return problem(403, {
    title: 'Client Forbidden',
    type: `${types}/client-forbidden`,
    status: 403,
    detail: 'This endpoint is not part of the plan of this app.',
    reason: 'client-not-enrolled',
    client_id: appId,
  })
}

export function tooManyRequests(headers: Record<string, string>): Response {
  return problem(429, { title: 'Too Many Requests', detail: 'Too Many Requests', type: 'about:blank', status: 429 }, headers)
}

export function serverError(status: number): Response {
  const title = status === 503 ? 'Service Unavailable' : 'Internal Server Error'
  return problem(status, { title, detail: title, type: 'about:blank', status })
}
