/** @module The end of a run: a page of text on the terminal, a report in HTML, the figures as JSON. */
import { plan } from './exchanges.js';
import { readFigures, type SummaryData } from './figures.js';
import { formatReport } from './report.js';
import { formatSummary } from './text.js';
import { thresholdsOf } from './thresholds.js';

export function handleSummary(data: SummaryData): Record<string, string> {
  const figures = readFigures(data, thresholdsOf(plan));
  const when = __ENV['SKEP_LOAD_STARTED'] ?? '';
  return {
    stdout: formatSummary(plan, figures),
    [__ENV['SKEP_LOAD_REPORT'] ?? 'load.html']: formatReport(plan, figures, when),
    [__ENV['SKEP_LOAD_FIGURES'] ?? 'load.json']: `${JSON.stringify({ when, plan, ...figures }, null, 2)}\n`,
  };
}
