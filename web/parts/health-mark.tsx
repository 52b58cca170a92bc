// A channel's state as sign, word and colour: never colour alone.
import type { Health } from '../account-health.ts'
import { Icon, type IconName } from './icon.tsx'

export const HealthMark = ({ health }: { health: Health }) => (
  <span class={`health-mark ${health.tone}`}>
    <Icon name={SIGN[health.tone]} />
    {WORDS[health.word]}
  </span>
)

const SIGN: Record<Health['tone'], IconName> = { good: 'check', warn: 'warning', bad: 'urgent', neutral: 'clock' }
const WORDS: Record<Health['word'], string> = {
  Alive: 'Alive',
  Paced: 'Slowed down',
  Quiet: 'Quiet',
  Waiting: 'Waiting',
  Troubled: 'Troubled',
  Silent: 'Silent',
  Failing: 'Failing',
  Reconnect: 'Sign in again',
  Off: 'Off',
}
