// The page on which an operator lets an app act for some of the invented pages on Facebook.
import { Page } from '../timeline-page.tsx'
import type { GraphPage } from './state.ts'

interface Asked {
  appName: string
  scopes: string[]
  pages: GraphPage[]
  /** Of the Instagram account behind a page. */
  usernames: ReadonlyMap<string, string>
  query: Record<string, string>
}

export function consentPage({ appName, scopes, pages, usernames, query }: Asked) {
  return (
    <Page title="Log in with Facebook" brand="graph">
      <main class="narrow">
        <form class="card consent" method="post" action="/dialog/oauth">
          {Object.entries(query).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <h1>{appName} asks to manage your pages</h1>
          <fieldset>
            <legend>Which pages may it use?</legend>
            {pages.map(page => (
              <label class="choice">
                <input type="checkbox" name="page" value={page.id} checked />
                <strong>{page.name}</strong>
                {usernames.has(page.id) && <span class="quiet">and @{usernames.get(page.id)} on Instagram</span>}
              </label>
            ))}
            {pages.length === 0 && <p>There is no page yet.</p>}
          </fieldset>
          <p class="quiet">It asks for: {scopes.join(', ')}</p>
          <div class="row">
            <button type="submit" name="decision" value="allow">
              Continue
            </button>
            <button type="submit" name="decision" value="cancel" class="second">
              Cancel
            </button>
          </div>
        </form>
      </main>
    </Page>
  )
}
