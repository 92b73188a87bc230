/** @module The course of a run as a drawing (SVG): answers of each slice as bars, their 95th percentile as a line. */
import type { Slice } from './figures.js';
import { milliseconds } from './words.js';

const WIDTH = 720;
const HEIGHT = 220;
const LEFT = 72;
const BOTTOM = 24;
const TOP = 8;
const PLOT = HEIGHT - BOTTOM - TOP;

/** @param seconds how long all slices take together. */
export function formatCourse(seconds: number, slices: readonly Slice[]): string {
  const most = Math.max(1, ...slices.map(({ served, turnedAway }) => served + turnedAway));
  const slowest = Math.max(1, ...slices.map(({ p95Ms }) => p95Ms));
  const step = (WIDTH - LEFT * 2) / slices.length;
  const heightOf = (count: number) => (count / most) * PLOT;
  const bar = (className: string, index: number, from: number, count: number) =>
    count === 0
      ? ''
      : `<rect class="${className}" x="${round(LEFT + index * step + 1)}" y="${round(TOP + PLOT - heightOf(from + count))}" width="${round(step - 2)}" height="${round(heightOf(count))}"/>`;
  const bars = slices.map(
    ({ served, turnedAway }, index) =>
      bar('served', index, 0, served) + bar('away', index, served, turnedAway),
  );
  const points = slices.flatMap(({ served, p95Ms }, index) =>
    served === 0
      ? []
      : [`${round(LEFT + (index + 0.5) * step)},${round(TOP + PLOT - (p95Ms / slowest) * PLOT)}`],
  );
  const perSecond = (most * slices.length) / seconds;
  const served = slices.reduce((sum, slice) => sum + slice.served, 0);
  const away = slices.reduce((sum, slice) => sum + slice.turnedAway, 0);
  const text = `${served} answers were served and ${away} were not, over ${seconds} seconds; at most ${perSecond.toFixed(0)} a second; the slowest 95th percentile of a slice was ${milliseconds(slowest)}.`;
  return `<figure>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text}">
<g class="axis">
<line x1="${LEFT}" y1="${TOP + PLOT}" x2="${WIDTH - LEFT}" y2="${TOP + PLOT}"/>
<text x="${LEFT - 6}" y="${TOP + 10}" text-anchor="end">${perSecond.toFixed(0)}/s</text>
<text x="${LEFT - 6}" y="${TOP + PLOT}" text-anchor="end">0</text>
<text x="${WIDTH - LEFT + 6}" y="${TOP + 10}">${milliseconds(slowest)}</text>
<text x="${LEFT}" y="${HEIGHT - 6}">0 s</text>
<text x="${WIDTH - LEFT}" y="${HEIGHT - 6}" text-anchor="end">${seconds} s</text>
</g>
${bars.join('')}
<polyline class="p95" points="${points.join(' ')}"/>
</svg>
<figcaption><span class="key served"></span>served <span class="key away"></span>not served <span class="key p95"></span>95 % within (right)</figcaption>
</figure>`;
}

const round = (value: number): string => String(Math.round(value * 10) / 10);
