// The list of keys, opened with ?: what the pages listen to, in one table.

export function ShortcutHelp() {
  return (
    <dialog id="help" class="help" aria-labelledby="help-title">
      <form method="dialog" class="dialog-head">
        <h2 id="help-title">Keyboard</h2>
        <button type="submit" class="quiet icon-button" aria-label="Close">
          ✕
        </button>
      </form>
      <div class="help-columns">
        {SHORTCUTS.map(([group, keys]) => (
          <section>
            <h3>{group}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div>
                  <dt>
                    {key.split(' ').map(part => (
                      <kbd>{part}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="row">
        <label class="check">
          <input type="checkbox" id="keys-on" checked /> Single-key shortcuts are on
        </label>
        <label class="check">
          <input type="checkbox" id="live-on" checked /> Live updates are on
        </label>
      </p>
      <p class="muted">Keys never act while you type in a field. Every action also has a button.</p>
    </dialog>
  )
}

/** Keys as pressed; the browser's side is web/public/keys.js. */
export const SHORTCUTS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'Move',
    [
      ['j', 'Next ticket'],
      ['k', 'Previous ticket'],
      ['Enter', 'Open'],
      ['Esc', 'Back to the list'],
      ['] [', 'Next, previous while reading'],
      ['.', 'Show new rows'],
      ['g q', 'Queue'],
      ['g m', 'Mine'],
      ['g u', 'Unassigned'],
      ['g n', 'Get next'],
      ['g o', 'Incidents'],
      ['g d', 'Dashboard'],
      ['g t', 'Templates'],
      ['g x', 'Health'],
    ],
  ],
  [
    'Answer',
    [
      ['r', 'Reply in public'],
      ['d', 'Reply, or move, in private'],
      ['n', 'Internal note'],
      ['t', 'Templates ( / while writing)'],
      ['Ctrl Enter', 'Send'],
      ['Ctrl Shift Enter', 'Send and solve'],
      ['b', 'Like what they wrote last'],
      ['z', 'Undo'],
    ],
  ],
  [
    'Ticket',
    [
      ['i', 'Take it'],
      ['Shift I', 'Give it back'],
      ['a', 'Assign…'],
      ['e', 'Solve'],
      ['p', 'Pending'],
      ['Shift H', 'On hold…'],
      ['h', 'Snooze…'],
      ['1 2 3', 'Urgent, high, normal'],
      ['w', 'Why is this here?'],
      ['c', 'Correct the triage'],
      ['y', 'Link to an incident'],
      ['!', 'Spam…'],
    ],
  ],
  [
    'Everywhere',
    [
      ['/', 'Search'],
      ['Ctrl K', 'Every action'],
      ['?', 'This list'],
    ],
  ],
]
