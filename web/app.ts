// The site map: middleware in order, one route line per page file.
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import { accountSignInPages } from './account-sign-in.tsx'
import { accountsPages } from './accounts.tsx'
import { accuracyPages } from './accuracy.tsx'
import { assets } from './assets.ts'
import { dashboardPages } from './dashboard.tsx'
import { demoActions } from './demo.ts'
import type { WebDesk, WebEnv } from './env.ts'
import { firstStepsActions } from './first-steps.ts'
import { framed } from './frame.ts'
import { gestureActions } from './gesture-actions.ts'
import { healthPages } from './health.tsx'
import { healthRoutes } from './healthz.ts'
import { incidentPages } from './incidents.tsx'
import { listeningPages } from './listening.tsx'
import { liveStream } from './live.ts'
import { mePages } from './me.tsx'
import { mentionActions } from './mention-actions.ts'
import { timeAnswers } from './meters.ts'
import { brokenPage, missingPage } from './parts/broken.tsx'
import { refused } from './parts/refused.tsx'
import { pictureRoutes } from './pictures.ts'
import { platformAppPages } from './platform-apps.tsx'
import { queuePages } from './queue.tsx'
import { replyActions } from './replies.ts'
import { replyPictureActions, shownReplyPictures } from './reply-pictures.ts'
import { rulesPages } from './rules.tsx'
import { requireRole, signedInOnly } from './session.ts'
import { signInPages } from './sign-in.tsx'
import { similarPages } from './similar.tsx'
import { statusPages } from './status-page.tsx'
import { teammatesPages } from './teammates.tsx'
import { templatesPages } from './templates.tsx'
import { ticketPages } from './ticket.tsx'
import { ticketActions } from './ticket-actions.ts'
import { triagePages } from './triage.tsx'
import { refusalCounter } from './webhook-refusals.ts'
import { webhookRoutes } from './webhooks.ts'

export function buildApp(desk: WebDesk, refusals = refusalCounter(desk)): Hono<WebEnv> {
  const app = new Hono<WebEnv>()
  app.use(async (c, next) => {
    c.set('desk', desk)
    await next()
  })
  // Before all else: a webhook pays for no middleware it does not need.
  app.route('/', webhookRoutes(desk, refusals))
  app.use(timeAnswers())
  app.use(secureHeaders(SECURE))
  app.onError(brokenPage)
  app.notFound(missingPage)

  // For everybody, and for machines: these bring their own proof, or need none.
  app.route('/', healthRoutes())
  app.route('/', statusPages())
  app.route('/', assets())

  app.use(csrf({ origin: (origin, c) => isOurs(origin, desk.config.publicUrl, c.req.header('host')) }))
  const formLimit = bodyLimit({
    maxSize: FORM_BYTES,
    onError: c =>
      refused(
        c,
        413,
        'Too much at once',
        'What was sent is larger than a form here can be. Nothing was changed. Shorten it and send it again.',
      ),
  })
  // Pictures have a limit of their own, once it is known who brings them.
  app.use((c, next) => (PICTURE_FORMS.test(c.req.path) ? next() : formLimit(c, next)))
  app.route('/', signInPages())

  // From here on somebody is signed in.
  app.use(signedInOnly)
  app.route('/', liveStream())
  app.route('/', pictureRoutes())
  app.route('/', shownReplyPictures())
  app.use(framed)
  app.get('/', c => c.redirect('/queue', 302))
  for (const path of ['/tickets/*', '/mentions/*', '/next']) app.post(path, requireRole('rep'))
  app.route('/', queuePages())
  app.route('/', ticketPages())
  app.route('/', ticketActions())
  app.route('/', replyActions())
  app.route('/', replyPictureActions())
  app.route('/', mentionActions())
  app.route('/', gestureActions())
  app.route('/', dashboardPages())
  app.route('/', incidentPages())
  app.route('/', templatesPages())
  app.route('/', triagePages())
  app.route('/', accuracyPages())
  app.route('/', similarPages())
  app.route('/', rulesPages())
  app.route('/', listeningPages())
  app.route('/', accountsPages())
  app.route('/', platformAppPages())
  app.route('/', accountSignInPages())
  app.route('/', healthPages())
  app.route('/', teammatesPages())
  app.route('/', mePages())
  app.route('/', demoActions())
  app.route('/', firstStepsActions())
  return app
}

const FORM_BYTES = 256 * 1024
const PICTURE_FORMS = /^\/tickets\/\d+\/draft\/pictures$/

/** The address in the configuration, or the very host the browser asked: behind a proxy only the scheme may differ. */
function isOurs(origin: string, publicUrl: string, host: string | undefined): boolean {
  return origin === new URL(publicUrl).origin || (URL.canParse(origin) && new URL(origin).host === host)
}

const SECURE: Parameters<typeof secureHeaders>[0] = {
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    // A form that connects an account is redirected to the platform's own sign-in, or to a simulator on loopback.
    formAction: ["'self'", 'https:', 'http://127.0.0.1:*', 'http://localhost:*'],
  },
  referrerPolicy: 'same-origin',
  xFrameOptions: 'DENY',
  // Whether there is HTTPS at all is the proxy's to know.
  strictTransportSecurity: false,
  // What is stricter for one answer stays so.
  overwrite: false,
}
