// A check-up as a terminal shows it: a block for the desk and one for each account, a line for each check, and a last line that sums up.
import { type Check, type CheckState, type CheckUp, checksOf } from './check-up.ts'

export function checkUpText(checkUp: CheckUp): string {
  const blocks = [
    { title: 'The desk', checks: checkUp.desk },
    ...checkUp.accounts.map(({ platform, handle, checks }) => ({ title: `${platform} · @${handle}`, checks })),
  ]
  return `${[...blocks.map(block => [block.title, ...block.checks.map(line)].join('\n')), sum(checkUp)].join('\n\n')}\n`
}

function line({ name, state, says, remedy }: Check): string {
  const found = wrapped(says).join(`\n${INDENT}`)
  const advice = remedy ? `\n${INDENT}→ ${wrapped(remedy).join(`\n${INDENT}  `)}` : ''
  return `  ${MARKS[state].padEnd(9)}${name.padEnd(14)}${found}${advice}`
}

function wrapped(words: string): string[] {
  const lines = ['']
  for (const word of words.split(' ')) {
    const last = lines.at(-1)!
    if (last && last.length + 1 + word.length > TEXT_WIDTH) lines.push(word)
    else lines[lines.length - 1] = last ? `${last} ${word}` : word
  }
  return lines
}

function sum(checkUp: CheckUp): string {
  const count = (state: CheckState) => checksOf(checkUp).filter(check => check.state === state).length
  const [faults, warnings, unknown] = [count('fault'), count('warning'), count('unknown')]
  const found = [
    ...(faults ? [faults === 1 ? '1 fault' : `${faults} faults`] : []),
    ...(warnings ? [warnings === 1 ? '1 warning' : `${warnings} warnings`] : []),
    ...(unknown ? [`${unknown} could not be looked at`] : []),
  ]
  return found.length ? `${found.join(', ')}.` : 'All is well.'
}

const MARKS: Record<CheckState, string> = { ok: 'ok', warning: 'warning', fault: 'FAULT', unknown: 'not seen' }
const INDENT = ' '.repeat(25)
const TEXT_WIDTH = 95
