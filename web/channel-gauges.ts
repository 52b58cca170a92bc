// Gauges of the channels for /metrics, summed by platform: no account is named.
import { Gauge, type Registry } from 'prom-client'
import { type ChannelState, findChannels } from '../metrics/channels.ts'
import type { WebDesk } from './env.ts'

export async function gaugeChannels(desk: WebDesk, registry: Registry) {
  const channels = await findChannels(desk, new Date(desk.now().getTime() - 86_400_000))
  const gauge = (name: string, help: string, of: (channel: ChannelState) => number, join: (a: number, b: number) => number) => {
    const made = new Gauge({ name, help, labelNames: ['platform'], registers: [registry] })
    const values = new Map<string, number>()
    for (const channel of channels) {
      const { platform } = channel.account
      const before = values.get(platform)
      values.set(platform, before === undefined ? of(channel) : join(before, of(channel)))
    }
    for (const [platform, value] of values) made.set({ platform }, value)
  }
  const sum = (a: number, b: number) => a + b
  gauge('heed_channels_silent', 'Accounts silent for longer than is usual for them.', one => (one.watched?.isSilent ? 1 : 0), sum)
  gauge('heed_coverage_open_seconds', 'The longest gap that still waits to be read back.', one => longest(one, 'open'), Math.max)
  gauge('heed_coverage_lost_seconds', 'The longest gap of the last day that cannot be read back.', one => longest(one, 'lost'), Math.max)
  gauge('heed_budget_left_ratio', 'The scarcest of the limits that hold polls up, 1 when none is known.', scarcest, Math.min)
  gauge('heed_spent_usd', 'US dollars spent this month.', one => one.spend?.soFar ?? 0, sum)
}

function longest({ coverage }: ChannelState, state: 'open' | 'lost'): number {
  const gaps = coverage.gaps.filter(gap => gap.kind === 'own' && gap.span.state === state)
  return Math.max(0, ...gaps.map(({ span }) => (span.untilAt.getTime() - span.fromAt.getTime()) / 1000))
}

const scarcest = ({ budgets }: ChannelState) =>
  Math.min(1, ...budgets.filter(one => one.holdsUpPolls && one.most > 0).map(one => one.remaining / one.most))
