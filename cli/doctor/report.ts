/** @module How an examination is shown: the one thing to do next first, then every check; or one JSON object. */
import { formatHresult } from '../../lib/base/hresults.js';
import { printable } from '../inspect/finding.js';
import type { Colors } from '../terminal.js';
import type { Examination, ResultRow } from './examine.js';
import type { Faulty, Outcome, Skipped } from './outcome.js';
import type { Target } from './target.js';

export function toJson({ verdict, next, rows }: Examination, { scepUrl }: Target): object {
  return {
    status: verdict,
    url: scepUrl,
    ...(next ? { next: rowJson(next) } : {}),
    checks: rows.map(rowJson),
  };
}

/** The row with its HRESULT as Windows writes it. */
function rowJson({ id, question, outcome }: ResultRow): object {
  const hresult = 'hresult' in outcome ? outcome.hresult : undefined;
  return {
    id,
    question,
    ...outcome,
    ...(hresult === undefined ? {} : { hresult: formatHresult(hresult) }),
  };
}

export interface TextOptions {
  readonly colors: Colors;
  /** Also how each thing was asked. */
  readonly verbose: boolean;
}

export function toText(examination: Examination, { scepUrl }: Target, options: TextOptions): string {
  const { colors } = options;
  const { rows, next, verdict } = examination;
  const count = (...states: readonly Outcome['state'][]): number =>
    rows.filter(({ outcome }) => states.includes(outcome.state)).length;
  const summary =
    `${count('good')} good, ${count('bad')} bad, ${count('attention')} to look at, ` +
    `${count('skipped', 'blocked')} skipped`;
  const head =
    verdict === 'green'
      ? `${colors.green('Green:')} ${scepUrl} is ready for Windows, Apple and Android devices (${summary}).\n`
      : `${next ? nextText(next, colors) : ''}\n${scepUrl}: ${summary}\n`;
  const unseen = options.verbose ? [] : rows.filter(({ outcome }) => outcome.state === 'blocked');
  const shown = rows.filter((row) => !unseen.includes(row)).map((row) => rowText(row, options));
  return `${head}\n${shown.join('')}${unseenText(unseen, colors)}`;
}

function unseenText(unseen: readonly ResultRow[], colors: Colors): string {
  if (unseen.length === 0) return '';
  const ids = unseen.map(({ id }) => id).join(', ');
  return `${colors.dim(MARKS.blocked)} not looked at, since something else comes first: ${colors.dim(ids)}\n`;
}

type NextRow = NonNullable<Examination['next']>;

function nextText({ id, question, outcome }: NextRow, colors: Colors): string {
  const broken = outcome.state === 'bad';
  const title = broken ? colors.red('Broken:') : colors.yellow('Needs attention:');
  const lines = [
    ['asked', outcome.asked],
    ['found', outcome.found],
    ['cause', outcome.cause],
    ...(outcome.hresult === undefined
      ? []
      : [
          [
            'Windows',
            `shows ${formatHresult(outcome.hresult)} for it (skep explain ${formatHresult(outcome.hresult)})`,
          ],
        ]),
  ].map(([name = '', text = '']) => `  ${colors.dim(name.padEnd(8))} ${printable(text)}\n`);
  return `${title} ${question} ${colors.dim(`[${id}]`)}\n${lines.join('')}${colors.bold('Next:')} ${printable(outcome.remedy)}\n`;
}

const MARKS = { good: '✓', bad: '✗', attention: '!', skipped: '–', blocked: '–' } as const;

function rowText({ id, question, outcome }: ResultRow, { colors, verbose }: TextOptions): string {
  const paint = {
    good: colors.green,
    bad: colors.red,
    attention: colors.yellow,
    skipped: colors.dim,
    blocked: colors.dim,
  };
  const mark = paint[outcome.state](MARKS[outcome.state]);
  const first = `${mark} ${id.padEnd(22)} ${question}\n`;
  const line = (name: string, text: string): string =>
    `  ${' '.repeat(22)} ${colors.dim(`${name}:`)} ${printable(text)}\n`;
  if (isSkipped(outcome))
    return first + line(outcome.state === 'blocked' ? 'not looked at' : 'does not apply', outcome.because);
  const asked = verbose ? line('asked', outcome.asked) : '';
  const found = `  ${' '.repeat(22)} ${printable(outcome.found)}\n`;
  return (
    first +
    asked +
    found +
    (isFaulty(outcome) ? line('cause', outcome.cause) + line('remedy', outcome.remedy) : '')
  );
}

const isSkipped = (outcome: Outcome): outcome is Skipped =>
  outcome.state === 'skipped' || outcome.state === 'blocked';

const isFaulty = (outcome: Outcome): outcome is Faulty =>
  outcome.state === 'bad' || outcome.state === 'attention';
