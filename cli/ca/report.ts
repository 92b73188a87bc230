/** @module How the commands of `skep ca` speak: steps while they work, then the result, then what to do next. */
import { printJson, type Terminal } from '../terminal.js';

export interface Report {
  /** What is being done now; nothing with --json. */
  step(text: string): void;
  /** Lines for people, as they are; nothing with --json. */
  list(lines: readonly string[]): void;
  /** What a person should know although nothing failed. */
  warn(text: string): void;
  /** The end: `lines` for people, `result` for programs. */
  finish(result: Readonly<Record<string, unknown>>, lines: readonly string[], next?: string): void;
}

export function createReport(terminal: Terminal, asJson: boolean): Report {
  const { colors } = terminal;
  const warnings: string[] = [];
  return {
    step(text) {
      if (!asJson) terminal.out(`${colors.cyan('•')} ${text}\n`);
    },
    list(lines) {
      if (!asJson) for (const line of lines) terminal.out(`${line}\n`);
    },
    warn(text) {
      warnings.push(text);
      if (!asJson) terminal.err(`${colors.yellow('Note:')} ${text}\n`);
    },
    finish(result, lines, next) {
      if (asJson) {
        printJson(terminal, { ...result, warnings, ...(next === undefined ? {} : { next }) });
        return;
      }
      this.list(lines);
      if (next !== undefined) terminal.out(`${colors.bold('Next:')} ${next}\n`);
    },
  };
}
