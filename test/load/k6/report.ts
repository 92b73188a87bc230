/** @module A run as one page: no scripts, nothing loaded from elsewhere, light and dark. */
import { escape } from 'html-escaper';
import type { LoadPlan } from '../plan.js';
import { formatCourse } from './course.js';
import type { LoadFigures } from './figures.js';
import { OUTCOMES } from './outcome.js';
import { REPORT_STYLE } from './report-style.js';
import { milliseconds, OPERATION_NAMES, OUTCOME_NAMES, TITLES } from './words.js';

/** @param when ISO 8601. */
export function formatReport(plan: LoadPlan, figures: LoadFigures, when: string): string {
  const missed = figures.thresholds.filter(({ met }) => !met).length;
  const verdict =
    missed === 0 ? 'All of it held' : `${missed} of ${figures.thresholds.length} conditions did not hold`;
  const facts: readonly (readonly [string, string])[] = [
    ['Target', plan.target],
    ['Started', when],
    ['Took', `${figures.seconds.toFixed(1)} s`],
    ['Devices', String(plan.devices)],
    ...(plan.scenario === 'overload' ? ([['Connections', String(plan.connections)]] as const) : []),
    ...(figures.unsent > 0 ? ([['Never sent', `${figures.unsent}: the sender was too busy`]] as const) : []),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(TITLES[plan.scenario])}: load on Skep</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<h1>${escape(TITLES[plan.scenario])}</h1>
<p class="verdict ${missed === 0 ? 'good' : 'bad'}">${verdict}</p>
<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escape(value)}</dd></div>`).join('')}</dl>
</header>
<main>
<h2>What had to hold</h2>
${table(
  ['Condition', 'Held'],
  figures.thresholds.map(({ text, met }) => [escape(text), met ? yes('yes') : no('no')]),
)}
<h2>Answers</h2>
${table(
  ['', ...OUTCOMES.map((outcome) => OUTCOME_NAMES[outcome]), 'all', 'served a second'],
  figures.operations.map(({ operation, answers, total }) => [
    OPERATION_NAMES[operation],
    ...OUTCOMES.map((outcome) => String(answers[outcome])),
    String(total),
    (answers.served / figures.seconds).toFixed(1),
  ]),
)}
<h2>Time to an answer</h2>
<p>Of what was served.</p>
${table(
  ['', 'half within', '95 % within', '99 % within', 'slowest'],
  figures.operations.map(({ operation, medianMs, p95Ms, p99Ms, maxMs }) => [
    OPERATION_NAMES[operation],
    ...[medianMs, p95Ms, p99Ms, maxMs].map(milliseconds),
  ]),
)}
<h2>The course of it</h2>
${formatCourse(plan.seconds, figures.slices)}
</main>
</body>
</html>
`;
}

const yes = (text: string) => `<strong class="good">${text}</strong>`;
const no = (text: string) => `<strong class="bad">${text}</strong>`;

/** @param rows the first cell of each names it; cells are HTML. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = ([name = '', ...others]: readonly string[]) =>
    `<tr><th scope="row">${name}</th>${others.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  return `<div class="wide" tabindex="0" role="region" aria-label="Table"><table>
<thead><tr>${head.map((cell) => (cell === '' ? '<td></td>' : `<th scope="col">${cell}</th>`)).join('')}</tr></thead>
<tbody>${rows.map(cells).join('\n')}</tbody>
</table></div>`;
}
