/** @module The style of the report. Colours keep a contrast of 4.5 : 1 or more for text in both schemes. */

export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1d2125; --soft: #565d66; --line: #d5d9de;
  --served: #2f7fb8; --away: #c77700; --p95: #1d2125; --good: #1c6b32; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --ink: #e7e9ec; --soft: #a5adb7; --line: #363c43;
    --served: #5aa7de; --away: #f0b860; --p95: #e7e9ec; --good: #7fd696; --bad: #ff9a92;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 4rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif;
}
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .5rem; }
p { color: var(--soft); margin: 0 0 .5rem; }
.verdict { font-size: 1.15rem; font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); }
dl { display: flex; flex-wrap: wrap; gap: .75rem 2.5rem; margin: 1rem 0 0; }
dt { color: var(--soft); font-size: .8125rem; } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
.wide:focus-visible { outline: 2px solid var(--served); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .75rem .4rem 0; text-align: right; }
th:first-child, td:first-child { text-align: left; }
thead th { color: var(--soft); font-size: .8125rem; font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; }
figure { margin: 0; }
svg { width: 100%; height: auto; }
.axis line { stroke: var(--line); } .axis text { fill: var(--soft); font: 12px system-ui, sans-serif; }
rect.served, .key.served { fill: var(--served); background: var(--served); }
rect.away, .key.away { fill: var(--away); background: var(--away); }
polyline.p95 { fill: none; stroke: var(--p95); stroke-width: 1.5; stroke-dasharray: 4 3; }
figcaption { color: var(--soft); font-size: .875rem; }
.key { display: inline-block; width: .8rem; height: .8rem; margin: 0 .35rem 0 1rem; }
.key.p95 { height: 0; border-top: 2px dashed var(--p95); vertical-align: middle; }
`;
