// The page on which an operator lets an app act for one of the invented brand accounts on the instance.
import { Page } from '../timeline-page.tsx'
import type { MastodonAccount } from './state.ts'

interface Asked {
  appName: string
  scopes: string[]
  brands: MastodonAccount[]
  query: Record<string, string>
}

export function authorizePage({ appName, scopes, brands, query }: Asked) {
  return (
    <Page title="Authorize app" brand="x" standsFor="Mastodon">
      <main class="narrow">
        <form class="card consent" method="post" action="/oauth/authorize">
          {Object.entries(query).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <h1>{appName} wants to access your Mastodon account</h1>
          <fieldset>
            <legend>Which account?</legend>
            {brands.map((brand, index) => (
              <label class="choice">
                <input type="radio" name="account" value={brand.id} checked={index === 0} />
                <span>
                  <strong>{brand.name}</strong> <span class="quiet">@{brand.username}</span>
                </span>
              </label>
            ))}
            {brands.length === 0 && <p>There is no brand account yet.</p>}
          </fieldset>
          <p class="quiet">It asks for: {scopes.join(', ')}</p>
          <div class="row">
            <button type="submit" name="decision" value="authorize">
              Authorize app
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
