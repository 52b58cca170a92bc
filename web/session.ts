// Who is this: the session behind a request, and what a role may do.
import type { Context, MiddlewareHandler } from 'hono'
import type { Role } from '../domain.ts'
import type { SignedIn, WebEnv } from './env.ts'
import { refused } from './parts/refused.tsx'
import { askToSignIn } from './sign-in.tsx'

/** Strangers and expired sessions are sent to the sign-in page, which brings them back here. */
export const signedInOnly: MiddlewareHandler<WebEnv> = async (c, next) => {
  const teammate = await whoIsThis(c)
  if (!teammate) return askToSignIn(c)
  c.set('teammate', teammate)
  await next()
}

/** Middleware for what needs at least this role. */
export function requireRole(role: Role): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    if (!hasRole(c.get('teammate'), role))
      return refused(
        c,
        403,
        'Not for your role',
        `This needs the role “${role}”; yours is “${c.get('teammate').role}”. Nothing was changed. An admin can change roles on the Teammates page.`,
      )
    await next()
  }
}

export const hasRole = (teammate: Pick<SignedIn, 'role'>, role: Role) => RANK[teammate.role] >= RANK[role]

const RANK: Record<Role, number> = { readonly: 0, rep: 1, lead: 2, admin: 3 }

async function whoIsThis(c: Context<WebEnv>): Promise<SignedIn | null> {
  const session = await c.get('desk').auth.api.getSession({ headers: c.req.raw.headers, returnHeaders: true })
  // A session in use is prolonged: the renewed cookie goes out with the page.
  for (const cookie of session.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
  const user = session.response?.user
  if (!user || user.isActive === false) return null
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    role: user.role as Role,
    initials: user.initials,
    undoSeconds: user.undoSeconds ?? 10,
  }
}
