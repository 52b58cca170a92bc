// Bluesky's error answers: a status, a name from the lexicons, and words.

export class XrpcProblem extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    message: string,
  ) {
    super(message)
    this.name = 'XrpcProblem'
  }
}

export function problemAnswer(status: number, error: string, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error, message }, { status, headers })
}

export const invalid = (message: string) => new XrpcProblem(400, 'InvalidRequest', message)
