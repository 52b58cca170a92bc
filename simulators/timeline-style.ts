// The public pages' looks: one sheet, light and dark, from a phone to a desk.

export const timelineStyle = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f5f6f8, #101317); --card: light-dark(#ffffff, #191e24); --ink: light-dark(#14181d, #e9edf1);
  --quiet: light-dark(#57616d, #9aa6b2); --line: light-dark(#dfe3e8, #2b323a); --soft: light-dark(#eef1f5, #222930);
  --accent: light-dark(#0f6bd0, #6cb2ff); --on-accent: light-dark(#ffffff, #08131f); --note: light-dark(#fff6dc, #322a12); --note-ink: light-dark(#5c4500, #f0d994);
}
.graph { --accent: light-dark(#2456c7, #86aaff); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--accent); }
h1, h2, h3 { line-height: 1.25; margin: 0; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.15rem; }
.banner { background: var(--note); color: var(--note-ink); text-align: center; padding: .45rem 1rem; font-size: .875rem; }
.top { border-bottom: 1px solid var(--line); background: var(--card); }
.top div { max-width: 68rem; margin: auto; padding: .7rem 1rem; display: flex; gap: 1rem; align-items: center; flex-wrap: wrap; }
.top strong { font-size: 1.05rem; }
.tabs { display: flex; gap: .25rem; margin-left: auto; }
.tabs a { padding: .35rem .85rem; border-radius: 99px; text-decoration: none; color: var(--quiet); font-weight: 600; }
.tabs a[aria-current] { background: var(--soft); color: var(--ink); }
.columns { max-width: 68rem; margin: 1.25rem auto 4rem; padding: 0 1rem; display: grid; grid-template-columns: minmax(0, 21rem) minmax(0, 1fr); gap: 1.25rem; align-items: start; }
.narrow { max-width: 30rem; margin: 2.5rem auto; padding: 0 1rem; }
.side { display: grid; gap: 1.25rem; position: sticky; top: 1.25rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1rem 1.1rem; }
.card + .card { margin-top: 0; }
.stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.profile .cover { margin: -1rem -1.1rem 0; height: 4.25rem; border-radius: 13px 13px 0 0; background: linear-gradient(110deg, #0b3b5c, #1c7a86 55%, #d9a441); }
.profile .face { width: 3.75rem; height: 3.75rem; font-size: 1.35rem; margin-top: -1.9rem; border: 3px solid var(--card); border-radius: 18px; }
.profile h2 { margin-top: .4rem; font-size: 1.15rem; }
.profile p { margin: .35rem 0 0; }
.quiet { color: var(--quiet); font-size: .9rem; }
.face { flex: none; width: 2.5rem; height: 2.5rem; border-radius: 50%; display: grid; place-items: center; color: #fff; font-weight: 700; font-size: .95rem; letter-spacing: .02em; }
.face.ours { border-radius: 12px; background: linear-gradient(130deg, #0b3b5c, #1c7a86); }
.post { display: flex; gap: .75rem; position: relative; padding: .15rem 0; scroll-margin-top: 1rem; border-radius: 10px; }
.post:target { outline: 3px solid var(--accent); outline-offset: 6px; }
.post .body { min-width: 0; flex: 1; }
.post .who { display: flex; flex-wrap: wrap; gap: 0 .45rem; align-items: baseline; }
.post .who time, .post .who a { color: var(--quiet); font-size: .875rem; text-decoration: none; }
.post p { margin: .1rem 0 .25rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.post .act { font-size: .875rem; font-weight: 600; text-decoration: none; }
.replies { display: grid; grid-template-columns: minmax(0, 1fr); gap: .7rem; margin: .7rem 0 0 1.2rem; padding-left: 1.15rem; border-left: 2px solid var(--line); }
.badge { font-size: .72rem; font-weight: 700; padding: .08rem .45rem; border-radius: 99px; background: var(--accent); color: var(--on-accent); }
.badge.plain { background: var(--soft); color: var(--quiet); }
.ours-post .body { background: var(--soft); border-radius: 12px; padding: .5rem .8rem .45rem; }
.handle { color: var(--accent); font-weight: 500; }
form { display: grid; gap: .7rem; }
label .quiet { font-weight: 400; }
label { font-weight: 600; font-size: .9rem; display: grid; gap: .25rem; }
label.choice { display: flex; gap: .6rem; font-weight: 400; align-items: center; padding: .6rem .7rem; border: 1px solid var(--line); border-radius: 10px; }
fieldset { border: 0; padding: 0; margin: 0; display: grid; gap: .5rem; }
legend { font-weight: 600; padding: 0; margin-bottom: .35rem; }
input:not([type=radio], [type=checkbox], [type=hidden]), textarea, select { font: inherit; font-weight: 400; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 9px; padding: .5rem .65rem; width: 100%; min-height: 2.6rem; }
textarea { min-height: 6rem; resize: vertical; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button { font: inherit; font-weight: 650; border: 0; border-radius: 99px; background: var(--accent); color: var(--on-accent); padding: .55rem 1.25rem; min-height: 2.6rem; cursor: pointer; }
button.second { background: var(--soft); color: var(--ink); }
.row { display: flex; gap: .6rem; flex-wrap: wrap; align-items: center; }
.quote { border-left: 3px solid var(--accent); background: var(--soft); border-radius: 6px; padding: .45rem .7rem; font-size: .9rem; margin: 0; overflow-wrap: anywhere; }
.talk { display: grid; grid-template-columns: minmax(0, 1fr); gap: .55rem; }
.bubble { max-width: 82%; padding: .5rem .8rem; border-radius: 15px; background: var(--soft); overflow-wrap: anywhere; white-space: pre-wrap; justify-self: end; }
.bubble.theirs { justify-self: start; background: var(--accent); color: var(--on-accent); }
.bubble small { display: block; opacity: .75; font-size: .75rem; }
.list { grid-template-columns: minmax(0, 1fr); list-style: none; margin: 0; padding: 0; display: grid; gap: .15rem; }
.list a { display: flex; gap: .6rem; align-items: center; padding: .4rem .5rem; border-radius: 10px; text-decoration: none; color: inherit; }
.list a[aria-current], .list a:hover { background: var(--soft); }
.list span { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.list small { color: var(--quiet); }
.uploads { display: flex; flex-wrap: wrap; gap: .5rem; margin: .35rem 0; }
.uploads figure { margin: 0; max-width: 15rem; }
.uploads img { display: block; max-width: 100%; max-height: 12rem; border-radius: 10px; border: 1px solid var(--line); }
.uploads figcaption { color: var(--quiet); font-size: .8rem; }
.bubble .uploads figcaption { color: inherit; opacity: .8; }
.empty { text-align: center; color: var(--quiet); padding: 2.5rem 1rem; }
.error { background: var(--note); color: var(--note-ink); border-radius: 9px; padding: .5rem .7rem; margin: 0; }
@media (max-width: 760px) { .columns { grid-template-columns: minmax(0, 1fr); margin-top: .9rem; gap: .9rem; } .side { position: static; gap: .9rem; grid-template-columns: minmax(0, 1fr); } .profile .cover { height: 2.75rem; } .profile p { font-size: .9rem; } textarea { min-height: 4.25rem; } .tabs { margin-left: 0; width: 100%; } .replies { margin-left: .3rem; padding-left: .7rem; } .face { width: 2.1rem; height: 2.1rem; font-size: .8rem; } }
@media (prefers-reduced-motion: no-preference) { .fresh { animation: fresh 2.5s ease-out; } @keyframes fresh { from { background: color-mix(in srgb, var(--accent) 22%, transparent); } } }
`

/** Fetches the same page when something happened and swaps what is live in it; a half-written form stays. */
export const liveScript = `
const feed = new EventSource('/_page/live');
let busy = false, again = false;
feed.onmessage = async () => {
  if (busy) { again = true; return }
  busy = true;
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
    const known = new Set([...document.querySelectorAll('#live [id]')].map(e => e.id));
    const fresh = page.getElementById('live'), live = document.getElementById('live');
    if (fresh && live && fresh.innerHTML !== live.innerHTML) {
      live.replaceChildren(...fresh.childNodes);
      for (const e of live.querySelectorAll('[id]')) if (!known.has(e.id)) e.classList.add('fresh');
    }
  } finally { busy = false; if (again) { again = false; feed.onmessage() } }
};
`
