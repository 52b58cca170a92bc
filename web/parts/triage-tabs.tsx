// The three sides of triage: what it learnt, how right it is, and the rules on top.
export type TriageTab = 'learnt' | 'accuracy' | 'rules'

export function TriageTabs({ here }: { here: TriageTab }) {
  return (
    <nav class="segments" aria-label="Triage">
      {TABS.map(([tab, label, href]) => (
        <a href={href} aria-current={tab === here ? 'page' : undefined}>
          {label}
        </a>
      ))}
    </nav>
  )
}

const TABS: readonly (readonly [TriageTab, string, string])[] = [
  ['learnt', 'What it learnt', '/triage'],
  ['accuracy', 'Accuracy', '/triage/accuracy'],
  ['rules', 'Rules', '/rules'],
]
