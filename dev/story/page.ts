/** @module The story as one page: no scripts, nothing loaded from elsewhere, light and dark. */
import { escape } from 'html-escaper';
import { PAGE_STYLE } from './page-style.js';
import type { Actor, Chapter, Entry, EntryKind } from './recorder.js';

const ACTORS = {
  person: 'Somebody',
  device: 'Windows device',
  intune: 'Intune',
  ca: 'Skep',
} as const satisfies Record<Actor, string>;

const KINDS = {
  act: 'happens',
  syncml: 'SyncML',
  registry: 'registry',
  task: 'scheduled task',
  http: 'HTTP',
  step: 'decides',
  event: 'dmcertinst',
} as const satisfies Record<EntryKind, string>;

export const formatPage = (chapters: readonly Chapter[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The life of a device certificate</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>The life of a device certificate</h1>
<p>How an Intune-managed Windows device gets its certificate from Skep, loses it, renews it, and does without it for a
while: every message, registry value, task and step, as it happened in a local cloud.</p>
<ul class="legend">${Object.entries(ACTORS)
  .map(([actor, name]) => `<li class="${actor}">${escape(name)}</li>`)
  .join('')}</ul>
<nav aria-label="Chapters"><ol>${chapters
  .map(({ title }, index) => `<li><a href="#chapter-${index + 1}">${escape(title)}</a></li>`)
  .join('')}</ol></nav>
</header>
<main>
${chapters.map(formatChapter).join('\n')}
</main>
</body>
</html>
`;

function formatChapter({ title, intro, entries }: Chapter, index: number): string {
  const id = `chapter-${index + 1}`;
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${index + 1}. ${escape(title)}</h2>
<p class="intro">${escape(intro)}</p>
<ol class="timeline">
${entries.map(formatEntry).join('\n')}
</ol>
</section>`;
}

function formatEntry({ at, actor, kind, title, facts, xml, tone }: Entry): string {
  const iso = at.toISOString();
  const [day = '', time = ''] = iso.slice(0, 19).split('T');
  const classes = [actor, ...(tone ? [tone] : [])].join(' ');
  return `<li class="${classes}">
<time datetime="${iso}"><span>${day}</span> ${time}</time>
<div>
<p class="who">${escape(ACTORS[actor])} · ${KINDS[kind]}</p>
<h3>${escape(title)}</h3>
${formatFacts(facts)}${xml === undefined ? '' : `<details><summary>The XML</summary><pre tabindex="0">${escape(xml)}</pre></details>\n`}</div>
</li>`;
}

/** Few lines are shown, many are folded away. */
function formatFacts(facts: readonly string[]): string {
  if (facts.length === 0) return '';
  const lines = `<pre class="facts">${facts.map((fact) => escape(fact)).join('\n')}</pre>`;
  return facts.length <= FACTS_SHOWN
    ? `${lines}\n`
    : `<details><summary>${facts.length} lines</summary>${lines}</details>\n`;
}

const FACTS_SHOWN = 8;
