// What an account's reading and sending cost this month, where it is heading, and the cap an admin may set.
import type { Prices } from '../../connectors/connector.ts'
import { spendWords } from '../../metrics/channel-watch.ts'
import type { Spend } from '../../triage/spend.ts'
import { Icon } from './icon.tsx'

export function AccountSpend({
  accountId,
  handle,
  spend,
  prices,
  itemName,
  mayChange,
}: {
  accountId: string
  handle: string
  spend: Spend
  prices: Prices
  /** A source in a rep's words. */
  itemName: (item: string) => string
  mayChange: boolean
}) {
  const tone = spend.level === 'calm' || spend.level === 50 ? 'calm' : spend.level === 80 ? 'warn' : 'bad'
  return (
    <section class={`spend ${tone}`} aria-label={`What @${handle} costs`}>
      <p class="row">
        {tone === 'calm' ? null : <Icon name={tone === 'bad' ? 'urgent' : 'warning'} />}
        <strong>{money(spend.soFar)}</strong> <span class="muted">this month · about {money(spend.forecast)} by its end</span>
      </p>
      {spend.capUsd === null ? null : (
        <p class="cap">
          <meter
            min={0}
            max={spend.capUsd}
            low={spend.capUsd * 0.8}
            high={spend.capUsd * 0.95}
            optimum={0}
            value={Math.min(spend.soFar, spend.capUsd)}
          >
            {money(spend.soFar)} of {money(spend.capUsd)}
          </meter>
          <span>{spendWords(spend)}</span>
        </p>
      )}
      <details>
        <summary>What it went for, and the cap</summary>
        <div class="stack">
          {spend.items.length ? (
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">For</th>
                    <th scope="col" class="number">
                      How many
                    </th>
                    <th scope="col" class="number">
                      So far
                    </th>
                    <th scope="col" class="number">
                      By month's end
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {spend.items.map(one => (
                    <tr>
                      <td>{itemName(one.item)}</td>
                      <td class="number">{one.count.toLocaleString('en')}</td>
                      <td class="number">{money(one.usd)}</td>
                      <td class="number">{money(one.forecast)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          ) : (
            <p class="muted">Nothing was read or sent this month.</p>
          )}
          <p class="muted">
            Counted from what was fetched and sent, at the prices of{' '}
            <a href={prices.source} rel="noopener noreferrer" target="_blank">
              {new URL(prices.source).hostname} ↗
            </a>
            , checked on <time datetime={prices.checkedOn}>{prices.checkedOn}</time>. The forecast goes on at the pace of the last seven
            days.
          </p>
          <form method="post" action={`/accounts/${accountId}/cap`} class="row cap-form">
            <label>
              Monthly cap in US dollars
              <input
                name="usd"
                inputmode="decimal"
                value={spend.capUsd === null ? '' : String(spend.capUsd)}
                placeholder="no cap"
                size={8}
                disabled={!mayChange}
              />
            </label>
            <button type="submit" class="small" disabled={!mayChange} title={mayChange ? undefined : 'Only an admin can set the cap.'}>
              Set<span class="visually-hidden"> the cap of @{handle}</span>
            </button>
          </form>
          <p class="muted">
            Leads are warned at 80 % and 95 %; this page shows 50 % too. Over the cap searches stop. Own mentions are always read.
          </p>
        </div>
      </details>
    </section>
  )
}

/** Fractions of a cent add up: small sums show them. */
const money = (usd: number) => `$${usd.toFixed(usd > 0 && usd < 1 ? 3 : 2)}`
