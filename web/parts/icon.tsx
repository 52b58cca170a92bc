// The few drawn signs the pages use: decoration beside words, never instead of them.
import { raw } from 'hono/html'

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {raw(PATHS[name])}
    </svg>
  )
}

export type IconName = keyof typeof PATHS

const PATHS = {
  mark: '<path d="M2 8a6 6 0 1 1 3.2 5.3L2 14l.8-3A6 6 0 0 1 2 8Z" fill="currentColor"/><path class="cut" d="M5.2 8.2 7.2 10l3.6-4" fill="none" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>',
  search:
    '<circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="m10.5 10.5 3.5 3.5" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>',
  menu: '<path d="M2 4h12M2 8h12M2 12h12" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>',
  warning:
    '<path d="M8 1.6 15 14H1L8 1.6Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/><path d="M8 6v3.6M8 11.4v.6" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>',
  urgent:
    '<path d="M8 1 15 8l-7 7-7-7 7-7Z" fill="currentColor"/><path class="cut" d="M8 4.6v4M8 10.6v.6" stroke-width="1.7" stroke-linecap="round"/>',
  high: '<path d="M8 2.5 14 13H2L8 2.5Z" fill="currentColor"/>',
  normal: '<circle cx="8" cy="8" r="4.2" fill="none" stroke="currentColor" stroke-width="2"/>',
  lock: '<rect x="3" y="7" width="10" height="7" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" fill="none" stroke="currentColor" stroke-width="1.5"/>',
  pencil:
    '<path d="m3 13 .7-3L10.5 3.2a1.4 1.4 0 0 1 2 0l.3.3a1.4 1.4 0 0 1 0 2L6 12.3 3 13Z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/>',
  eye: '<path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z" fill="none" stroke="currentColor" stroke-width="1.4"/><circle cx="8" cy="8" r="2" fill="currentColor"/>',
  note: '<path d="M3 2.5h10v7.5L9.5 13.5H3v-11Z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/><path d="M5.5 6h5M5.5 8.5h3" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>',
  check:
    '<path d="m3 8.5 3.2 3.2L13 4.8" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>',
  clock:
    '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M8 4.5V8l2.3 1.6" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>',
  like: '<path d="M8 13.6 2.6 8.3a3.4 3.4 0 0 1 4.8-4.8l.6.6.6-.6a3.4 3.4 0 0 1 4.8 4.8L8 13.6Z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/>',
  liked:
    '<path d="M8 13.6 2.6 8.3a3.4 3.4 0 0 1 4.8-4.8l.6.6.6-.6a3.4 3.4 0 0 1 4.8 4.8L8 13.6Z" fill="currentColor" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/>',
  hidden:
    '<path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="m3 13 10-10" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>',
  picture:
    '<rect x="1.8" y="3" width="12.4" height="10" rx="1.6" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="m3.4 11.4 3-3.4 2.2 2.2 1.6-1.5 2.4 2.7" fill="none" stroke="currentColor" stroke-width="1.2" stroke-linejoin="round"/><circle cx="10.6" cy="6.2" r="1" fill="currentColor"/>',
  chevron: '<path d="m6 3 5 5-5 5" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>',
  back: '<path d="M10 3 5 8l5 5" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>',
} as const
