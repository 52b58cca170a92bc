// The banner for leads while a channel is silent, cut off or nearly spent: one line, and the way to its cause.
import type { ChannelWarning } from '../../metrics/channel-watch.ts'
import { Icon } from './icon.tsx'

export function ChannelBanner({ warnings }: { warnings: readonly ChannelWarning[] }) {
  const [first, ...others] = warnings
  if (!first) return null
  return (
    <section class="banner suggestion" aria-label="Channels that need a look">
      <Icon name="warning" />
      <span class="grow">
        <strong>@{first.handle}</strong>
        <span class="one-line">{first.words}</span>
        {others.length ? <a href="/health#channels">and {others.length} more</a> : null}
      </span>
      <a
        class="button small"
        href={
          first.kind === 'reconnect' || first.kind === 'spend'
            ? `/accounts#account-${first.accountId}`
            : `/health#channel-${first.accountId}`
        }
      >
        {first.kind === 'reconnect' ? 'Reconnect' : 'Look'}
      </a>
    </section>
  )
}
