// What this plan may do: the connector's own rules asked for the usual situations, and its limits with the day they were checked.
import type { Answerable, Connector, GesturePermission, LengthRule, PermissionQuestion } from '../../connectors/connector.ts'
import type { AccountRow } from '../../db/accounts.ts'
import { asAccount } from '../../line.ts'
import { pictureRuleWords } from '../../responders/pictures.ts'

/** `changeAt`: where an admin says that the plan has changed; null for everybody else. */
export function PlanFacts({
  connector,
  accounts,
  now,
  changeAt,
}: {
  connector: Connector
  accounts: AccountRow[]
  now: Date
  changeAt: string | null
}) {
  return (
    <details class="plan">
      <summary>What this plan may do</summary>
      <div class="stack">
        {byPlan(accounts).map(([account, ...others]) => (
          <div class="scroll">
            <table>
              <caption>
                {[account, ...others].map(one => `@${one.handle}`).join(', ')}
                {planOf(account) ? `: ${planOf(account)}` : ''}
              </caption>
              <thead>
                <tr>
                  <th scope="col">Situation</th>
                  <th scope="col">May we?</th>
                  <th scope="col">What {connector.label} says</th>
                </tr>
              </thead>
              <tbody>
                {situationsOf(connector, account, now).map(([words, { allowed, because }]) => (
                  <tr>
                    <td>{words}</td>
                    <td>
                      <span class={`chip ${allowed ? 'good' : 'bad'}`}>{allowed ? 'yes' : 'no'}</span>
                    </td>
                    <td>{because}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
        <div class="scroll">
          <table>
            <caption>Lengths and pictures</caption>
            <thead>
              <tr>
                <th scope="col">Kind</th>
                <th scope="col" class="number">
                  At most
                </th>
                <th scope="col">Source</th>
                <th scope="col">Checked on</th>
              </tr>
            </thead>
            <tbody>
              <Length kind="Public reply" rule={connector.limits.public} />
              <Length kind="Private message" rule={connector.limits.private} />
              {connector.limits.status ? <Length kind="Status update" rule={connector.limits.status} /> : null}
              <Fact
                kind="Pictures in public"
                says={pictureRuleWords(connector.limits.pictures.public, connector.label)}
                {...connector.limits.pictures.public}
              />
              <Fact
                kind="Pictures in private"
                says={pictureRuleWords(connector.limits.pictures.private, connector.label)}
                {...connector.limits.pictures.private}
              />
            </tbody>
          </table>
        </div>
        {changeAt && connector.appSecrets.length ? (
          <p>
            Has the plan changed? Say so where you <a href={changeAt}>change the app</a>: its accounts are asked again.
          </p>
        ) : null}
        {connector.signIn ? (
          <p>
            <strong>Permissions the sign-in asks for:</strong> <span class="muted">{connector.signIn.scopes.join(', ')}</span>
          </p>
        ) : null}
      </div>
    </details>
  )
}

const Length = ({ kind, rule }: { kind: string; rule: LengthRule }) => (
  <Fact kind={kind} says={`${rule.limit.toLocaleString('en')} ${rule.unit}`} source={rule.source} checkedOn={rule.checkedOn} />
)

const Fact = ({ kind, says, source, checkedOn }: { kind: string; says: string; source: string; checkedOn: string }) => (
  <tr>
    <td>{kind}</td>
    <td class="number">{says}</td>
    <td>
      {/^https:\S+$/.test(source) ? (
        <a href={source} rel="noopener noreferrer" target="_blank">
          {new URL(source).hostname} ↗
        </a>
      ) : (
        source
      )}
    </td>
    <td class="number">
      <time datetime={checkedOn}>{checkedOn}</time>
    </td>
  </tr>
)

/** Accounts that may do the same share one table. */
function byPlan(accounts: AccountRow[]): [AccountRow, ...AccountRow[]][] {
  const plans = new Map<string, [AccountRow, ...AccountRow[]]>()
  for (const account of accounts) {
    const same = plans.get(planOf(account))
    if (same) same.push(account)
    else plans.set(planOf(account), [account])
  }
  return [...plans.values()]
}

/** `{ tier: 'self-serve', dms: true }` → "tier self-serve, dms yes". */
function planOf(account: AccountRow): string {
  return Object.entries(account.capabilities)
    .map(([name, value]) => `${inWords(name)} ${typeof value === 'boolean' ? (value ? 'yes' : 'no') : value}`)
    .join(', ')
}

const inWords = (name: string) => name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)

interface Situation {
  answer: 'public' | 'private'
  said: 'public' | 'private'
  addressesUs: boolean
  hoursAgo: number
}
const SITUATIONS: readonly (readonly [string, Situation])[] = [
  ['Answer in public who spoke to us', { answer: 'public', said: 'public', addressesUs: true, hoursAgo: 1 }],
  ['Answer in public who only spoke about us', { answer: 'public', said: 'public', addressesUs: false, hoursAgo: 1 }],
  ['Write privately to who spoke in public', { answer: 'private', said: 'public', addressesUs: true, hoursAgo: 1 }],
  ['Answer a private message of an hour ago', { answer: 'private', said: 'private', addressesUs: true, hoursAgo: 1 }],
  ['Answer a private message of two days ago', { answer: 'private', said: 'private', addressesUs: true, hoursAgo: 48 }],
]

function situationsOf(connector: Connector, account: AccountRow, now: Date): [string, GesturePermission][] {
  const answers = SITUATIONS.map(([words, situation]): [string, GesturePermission] => [
    words,
    connector.mayReply(questionOf(account, situation, now)),
  ])
  const like = connector.gestures?.like
  if (!like) return answers
  const { mention } = questionOf(account, SITUATIONS[0]![1], now)
  const mayLike = 'never' in like ? { allowed: false, because: like.never, costUsd: null } : like.may(mention, asAccount(account))
  return [...answers, ['Like what was said in public', mayLike]]
}

function questionOf(account: AccountRow, { answer, said, addressesUs, hoursAgo }: Situation, now: Date): PermissionQuestion {
  const postedAt = new Date(now.getTime() - hoursAgo * 3_600_000)
  const mention: Answerable = {
    externalId: '0',
    replyToExternalId: null,
    visibility: said,
    threadKey: '0',
    author: { externalId: '0', handle: 'someone', name: 'Someone', followers: null },
    addressesUs,
    postedAt,
    facts: {},
  }
  return {
    mention,
    visibility: answer,
    text: '',
    now,
    account: asAccount(account),
    lastPrivateInboundAt: said === 'private' ? postedAt : null,
    privateReplySent: false,
  }
}
