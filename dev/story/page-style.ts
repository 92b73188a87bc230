/** @module The style of the story's page. Colours keep a contrast of 4.5 : 1 or more in both schemes. */

export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1d2125; --soft: #565d66; --line: #d5d9de; --panel: #f2f4f6;
  --person: #8a2f8f; --device: #00646e; --intune: #1b55b5; --ca: #8a5300; --good: #1c6b32; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --ink: #e7e9ec; --soft: #a5adb7; --line: #363c43; --panel: #1f2429;
    --person: #e29be6; --device: #5fd0dc; --intune: #8fb6ff; --ca: #f0b860; --good: #7fd696; --bad: #ff9a92;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 66rem; padding: 2rem 1.25rem 4rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif;
}
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.4rem; margin: 3rem 0 .5rem; border-top: 1px solid var(--line); padding-top: 1.5rem; }
h3 { font-size: 1rem; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
header p, .intro { max-width: 46rem; }
a { color: var(--intune); }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 2px solid var(--intune); outline-offset: 2px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; padding: 0; }
.legend li::before { content: ""; display: inline-block; width: .75rem; height: .75rem; border-radius: 50%; margin-right: .5rem; background: var(--tone); }
.person { --tone: var(--person); } .device { --tone: var(--device); }
.intune { --tone: var(--intune); } .ca { --tone: var(--ca); }
.timeline { list-style: none; margin: 1.5rem 0 0; padding: 0; }
.timeline > li {
  display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0 2.5rem; position: relative; padding-bottom: 1.25rem;
}
.timeline > li::before { content: ""; position: absolute; left: 7.7rem; top: .45rem; bottom: -.45rem; width: 2px; background: var(--line); }
.timeline > li:last-child::before { display: none; }
.timeline > li::after {
  content: ""; position: absolute; left: calc(7.7rem - 5px); top: .4rem; width: 12px; height: 12px;
  border-radius: 50%; background: var(--tone); border: 2px solid var(--paper);
}
time { color: var(--soft); font-variant-numeric: tabular-nums; font-size: .875rem; text-align: right; }
time span { display: block; font-size: .75rem; }
.who { margin: 0; font-size: .75rem; letter-spacing: .04em; color: var(--tone); }
.good h3 { color: var(--good); } .bad h3 { color: var(--bad); }
pre {
  margin: .4rem 0 0; padding: .6rem .8rem; background: var(--panel); border-radius: .4rem; overflow-x: auto;
  font: .8125rem/1.5 ui-monospace, monospace;
}
.facts { color: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--soft); font-size: .875rem; margin-top: .3rem; width: fit-content; }
@media (max-width: 40rem) {
  .timeline > li { grid-template-columns: minmax(0, 1fr); padding-left: 1.5rem; }
  .timeline > li::before { left: 5px; } .timeline > li::after { left: 0; }
  time { text-align: left; } time span { display: inline; }
}
`;
