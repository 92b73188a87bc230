/** @module Which parts of lib/ have run, by the counters of V8: what a fuzzer is guided by. */
import { readFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector';
import { fileURLToPath } from 'node:url';

export interface Coverage {
  /** Whether something ran since the last look that had not been reached before. */
  look(): boolean;
  /** The same, and it counts as reached from now on. */
  keep(): boolean;
  /** Functions of lib/ that were reached, and the share of their source. */
  summary(): { readonly functions: number; readonly percent: number };
  stop(): void;
}

type Range = readonly [start: number, end: number];

/** The bundler writes the name of a source file above what it took from it. */
const SOURCE = /^ *\/\/ ((?:lib|dev|test|cli|functions|node_modules)\/\S+)$/gm;

/** @param bundle URL of the one script that holds lib/ and the fuzzer. */
export function startCoverage(bundle: string): Coverage {
  const sections = sectionsOfLib(readFileSync(fileURLToPath(bundle), 'utf8'));
  const isOurs = ([start, end]: Range) => sections.some(([first, last]) => first <= start && end <= last);
  /** What was never reached of each function that ran, by its place. */
  const unreached = new Map<string, { readonly whole: Range; gaps: readonly Range[] }>();
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  read();

  /** @returns the gaps of every function of lib/ that ran since the last call. */
  function read(): { readonly whole: Range; readonly gaps: readonly Range[] }[] {
    let scripts: Profiler.ScriptCoverage[] = [];
    session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error) throw error;
      scripts = answer.result;
    });
    return scripts
      .filter(({ url }) => url === bundle)
      .flatMap(({ functions }) => functions)
      .flatMap(({ ranges: [first, ...inner] }) => {
        if (!first || first.count === 0) return [];
        const whole: Range = [first.startOffset, first.endOffset];
        const gaps = inner
          .filter(({ count }) => count === 0)
          .map(({ startOffset, endOffset }): Range => [startOffset, endOffset]);
        return isOurs(whole) ? [{ whole, gaps }] : [];
      });
  }

  function merge(keep: boolean): boolean {
    let isNew = false;
    for (const { whole, gaps } of read()) {
      const key = whole.join('-');
      const known = unreached.get(key);
      const left = known ? intersect(known.gaps, gaps) : gaps;
      if (known && lengthOf(left) === lengthOf(known.gaps)) continue;
      isNew = true;
      if (keep) unreached.set(key, { whole, gaps: left });
    }
    return isNew;
  }

  return {
    look: () => merge(false),
    keep: () => merge(true),
    summary() {
      const all = [...unreached.values()];
      const missed = all.reduce((sum, { gaps }) => sum + lengthOf(gaps), 0);
      const source = lengthOf(all.map(({ whole }) => whole));
      return { functions: all.length, percent: Math.round(1000 * (1 - missed / Math.max(1, source))) / 10 };
    },
    stop() {
      session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}

const lengthOf = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, [start, end]) => sum + end - start, 0);

function intersect(some: readonly Range[], others: readonly Range[]): Range[] {
  return some.flatMap(([start, end]) =>
    others
      .map(([first, last]): Range => [Math.max(start, first), Math.min(end, last)])
      .filter(([first, last]) => first < last),
  );
}

function sectionsOfLib(source: string): Range[] {
  const marks = [...source.matchAll(SOURCE)];
  return marks.flatMap(({ index, 1: file = '' }, at): Range[] =>
    file.startsWith('lib/') ? [[index, marks[at + 1]?.index ?? source.length]] : [],
  );
}
