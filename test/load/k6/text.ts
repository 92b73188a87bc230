/** @module The end of a run as a page of text. */
import type { LoadPlan } from '../plan.js';
import type { LoadFigures } from './figures.js';
import { OUTCOMES } from './outcome.js';
import { milliseconds, OPERATION_NAMES, OUTCOME_NAMES, TITLES } from './words.js';

export function formatSummary(plan: LoadPlan, figures: LoadFigures): string {
  const missed = figures.thresholds.filter(({ met }) => !met).length;
  return [
    '',
    `${TITLES[plan.scenario]}: ${plan.devices} devices, ${plan.target}, ${figures.seconds.toFixed(1)} s`,
    ...figures.operations.flatMap(({ operation, answers, total, medianMs, p95Ms, p99Ms, maxMs }) => [
      '',
      `${OPERATION_NAMES[operation]}  ${total} answers, ${(answers.served / figures.seconds).toFixed(1)} served a second`,
      `      ${OUTCOMES.filter((outcome) => answers[outcome] > 0)
        .map((outcome) => `${answers[outcome]} ${OUTCOME_NAMES[outcome]}`)
        .join(', ')}`,
      `      half within ${milliseconds(medianMs)}, 95 % within ${milliseconds(p95Ms)}, 99 % within ${milliseconds(p99Ms)}, the slowest ${milliseconds(maxMs)}`,
    ]),
    ...(figures.unsent > 0
      ? ['', `${figures.unsent} requests were never sent: this machine was too busy.`]
      : []),
    '',
    ...figures.thresholds.map(({ text, met }) => `  ${met ? 'good  ' : 'MISSED'}  ${text}`),
    '',
    missed === 0 ? 'All of it held.' : `${missed} of ${figures.thresholds.length} did not hold.`,
    '',
  ].join('\n');
}
