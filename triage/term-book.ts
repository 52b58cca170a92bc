// What leads do with watch terms: write them, switch them on and off, remove them; and what is said of a term that cannot be taken.
import { v7 as newId } from 'uuid'
import type { TermProblem } from '../connectors/connector.ts'
import { type AccountRow, getAccount } from '../db/accounts.ts'
import { insertAuditEntry } from '../db/audit-entries.ts'
import { lockWatchTerms, removeWatchTerm, saveWatchTerm, type WatchTermRow } from '../db/watch-terms.ts'
import type { Desk } from '../desk.ts'
import type { Id, WatchTerm } from '../domain.ts'
import { asAccount } from '../line.ts'

export type NewTerm = Omit<WatchTerm, 'id'> & { id?: Id | undefined }
export interface FieldProblem {
  field: 'name' | TermProblem['field']
  because: string
}
export type TermSaved = { ok: true; term: WatchTerm } | { ok: false; problems: FieldProblem[] }

/** Stores a term if the workspace and the platform take it. Changed words begin a new search. */
export function writeTerm(desk: Desk, teammateId: Id, given: NewTerm): Promise<TermSaved> {
  return desk.db.transaction().execute(async (tx): Promise<TermSaved> => {
    const others = await lockWatchTerms(tx, given.accountId)
    const before = others.find(one => one.id === given.id)
    if (given.id && !before) return { ok: false, problems: [problem('name', 'This term was removed meanwhile. Write it as a new one.')] }
    const account = await getAccount(tx, given.accountId)
    const problems = findTermProblems(
      desk,
      account,
      given,
      others.filter(one => one.id !== given.id),
    )
    if (problems.length) return { ok: false, problems }
    const term: WatchTerm = { ...given, id: before?.id ?? newId() }
    const isOtherQuestion = !before || wordsOf(before) !== wordsOf(term)
    await saveWatchTerm(tx, term, { writtenById: teammateId, at: desk.now(), isOtherQuestion })
    await insertAuditEntry(tx, {
      at: desk.now(),
      teammateId,
      action: before ? 'watch term changed' : 'watch term written',
      subject: term.id,
      before: before && spoken(before),
      after: spoken(term),
    })
    return { ok: true, term }
  })
}

export type TermChange = 'on' | 'off' | 'remove'

/** Undefined: there is no such term. */
export function changeTerm(desk: Desk, teammateId: Id, found: WatchTermRow, change: TermChange): Promise<WatchTermRow | undefined> {
  return desk.db.transaction().execute(async tx => {
    const term = (await lockWatchTerms(tx, found.accountId)).find(one => one.id === found.id)
    if (!term) return undefined
    if (change === 'remove') await removeWatchTerm(tx, term.id)
    else
      await saveWatchTerm(tx, asTerm({ ...term, isActive: change === 'on' }), {
        writtenById: teammateId,
        at: desk.now(),
        isOtherQuestion: false,
      })
    const action = { on: 'watch term switched on', off: 'watch term switched off', remove: 'watch term removed' }[change]
    await insertAuditEntry(tx, { at: desk.now(), teammateId, action, subject: term.id, before: spoken(term) })
    return term
  })
}

/** By field, in words: first what no platform would take, then what this one would not. */
export function findTermProblems(
  desk: Desk,
  account: AccountRow,
  term: NewTerm,
  others: readonly Pick<WatchTermRow, 'name'>[],
): FieldProblem[] {
  const connector = desk.connectorFor(account.platform)
  if (!connector.intake.search) return [problem('anyOf', `${connector.label} cannot be searched.`)]
  const ours = [...nameProblems(term.name, others), ...wordProblems(term), ...languageProblems(term.languages)]
  if (ours.length) return ours
  return connector.intake.search.problemsOf({ ...term, id: term.id ?? newId() }, asAccount(account))
}

function nameProblems(name: string, others: readonly Pick<WatchTermRow, 'name'>[]): FieldProblem[] {
  if (!name) return [problem('name', 'Give it a name, such as the brand or the campaign.')]
  if (name.length > MOST_NAME) return [problem('name', `At most ${MOST_NAME} characters.`)]
  return others.some(one => one.name === name) ? [problem('name', `This account has a term called “${name}” already.`)] : []
}

function wordProblems({ anyOf, noneOf }: Pick<WatchTerm, 'anyOf' | 'noneOf'>): FieldProblem[] {
  if (!anyOf.length) return [problem('anyOf', 'Name at least one word, phrase or hashtag to listen for.')]
  const folded = new Set(anyOf.map(word => word.toLowerCase()))
  return [
    ...(['anyOf', 'noneOf'] as const).flatMap(field =>
      ({ anyOf, noneOf })[field].flatMap(word => wordProblem(word).map(because => problem(field, because))),
    ),
    ...noneOf
      .filter(word => folded.has(word.toLowerCase()))
      .map(word => problem('noneOf', `“${word}” is listened for and left out at once.`)),
  ]
}

function wordProblem(word: string): string[] {
  if (word.length > MOST_WORD) return [`“${word.slice(0, 30)}…” is longer than ${MOST_WORD} characters.`]
  if (/["“”„]/.test(word)) return [`Leave the quotation marks out of ${word}: several words on a line are a phrase by themselves.`]
  if ([...word.replace(/^[#@]/, '')].length < LEAST_WORD) return [`“${word}” is too short: everything would match.`]
  return word.startsWith('#') && /\s/.test(word) ? [`“${word}”: a hashtag has no spaces.`] : []
}

const languageProblems = (languages: readonly string[]): FieldProblem[] =>
  languages
    .filter(one => !/^[a-z]{2,3}$/.test(one))
    .map(one => problem('languages', `“${one}” is no language: two or three letters, such as en or de.`))

const problem = (field: FieldProblem['field'], because: string): FieldProblem => ({ field, because })
const wordsOf = ({ anyOf, noneOf, languages }: WatchTerm) => JSON.stringify([anyOf, noneOf, languages])
const spoken = ({ name, isActive, anyOf, noneOf, languages }: WatchTerm) => ({ name, isActive, anyOf, noneOf, languages })
const asTerm = ({ id, accountId, ...rest }: WatchTermRow): WatchTerm => ({ id, accountId, ...spoken({ id, accountId, ...rest }) })
const MOST_NAME = 60
const MOST_WORD = 100
const LEAST_WORD = 2
