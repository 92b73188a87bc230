/** @module The style of the status page. Text keeps a contrast of 4.5 : 1 or more in both schemes (WCAG 2.2, 1.4.3). */

export const STATUS_STYLE = `
:root { color-scheme: light dark; --paper: #fdfdfb; --ink: #1d2125; --soft: #565d66; --line: #d5d9de; --panel: #f2f4f6; --link: #1b55b5; --good: #1c6b32; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181b; --ink: #e7e9ec; --soft: #a5adb7; --line: #363c43; --panel: #1f2429; --link: #8fb6ff; --good: #7fd696; --bad: #ff9a92; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 1rem; }
h1.good::before { content: "\\2713\\00a0"; } h1.bad::before { content: "!\\00a0"; }
.good { color: var(--good); } .bad { color: var(--bad); }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1.25rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .45rem .75rem .45rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-size: .85rem; font-weight: 400; }
tbody th { font-weight: 600; width: 13rem; }
td strong { white-space: nowrap; }
code { font: .9em ui-monospace, monospace; background: var(--panel); padding: .1em .3em; border-radius: .25rem; user-select: all; }
.remedy { margin: .2rem 0 0; color: var(--soft); }
ul { margin: .25rem 0; padding-left: 1.25rem; }
a { color: var(--link); }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .9rem; }
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, tbody th, td, caption { display: block; width: auto; }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  th, td { border: 0; padding: .1rem 0; }
}
`;
