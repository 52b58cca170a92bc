// The instance's error answers, in Mastodon's own words.

export function refusal(status: number, error: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error }, { status, headers })
}

export const invalidToken = () => refusal(401, 'The access token is invalid')
export const revokedToken = () => refusal(401, 'The access token was revoked')
export const notFound = () => refusal(404, 'Record not found')
export const tooMany = (headers: Record<string, string>) => refusal(429, 'Too many requests', headers)
export const outOfScope = () =>
  refusal(403, 'This action is outside the authorized scopes', {
    'www-authenticate':
      'Bearer realm="Doorkeeper", error="insufficient_scope", error_description="This action is outside the authorized scopes"',
  })
export const serverError = (status: number) =>
  refusal(status, status === 503 ? 'Remote data could not be fetched' : 'Internal server error')
