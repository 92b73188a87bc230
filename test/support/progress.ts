/** @module Progress of long work on a terminal: one bar a step. Elsewhere a line a step, or nothing. */
import { SingleBar } from 'cli-progress';

export interface Progress {
  /** Begins a step of `total` parts, and ends the one before. @returns counts one part. */
  step(title: string, total: number): () => void;
  /** Ends the last step; must be called before anything else is printed. */
  end(): void;
}

/** @param quiet says nothing where there is no terminal. */
export function createProgress(quiet: boolean): Progress {
  let bar: SingleBar | undefined;
  const end = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    step(title, total) {
      end();
      if (!process.stderr.isTTY) {
        if (!quiet) process.stderr.write(`${title} …\n`);
        return () => undefined;
      }
      const own = new SingleBar({
        format: `${title.padEnd(34)} {bar} {value} of {total}`,
        stream: process.stderr,
        clearOnComplete: true,
      });
      bar = own;
      own.start(total, 0);
      return () => {
        own.increment();
      };
    },
    end,
  };
}
