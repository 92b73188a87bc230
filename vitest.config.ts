import { defineConfig } from 'vitest/config';

interface ProjectOptions {
  readonly testTimeout?: number;
  /**
   * Suites that start other programs and real servers may be tried once more: on a machine that others use too, a port
   * can be taken or a process be late. The report names what needed it. Suites without them get no second try.
   */
  readonly retry?: number;
}

/** The fault matrix takes as long as all the others together: a project of its own (`npm run test:faults`). */
const MATRIX = ['test/e2e/faults/matrix-*.test.ts'];

const project = (name: string, { testTimeout = 60_000, retry = 0 }: ProjectOptions = {}) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    exclude: MATRIX,
    testTimeout,
    retry,
    hookTimeout: 180_000,
  },
});

export default defineConfig({
  test: {
    globals: false,
    setupFiles: ['test/support/no-network.ts'],
    maxWorkers: 2,
    projects: [
      project('unit'),
      project('contract', { retry: 1 }),
      project('conformance'),
      project('e2e', { testTimeout: 180_000, retry: 1 }),
      project('interop', { testTimeout: 300_000, retry: 1 }),
      {
        extends: true as const,
        test: { name: 'faults', include: MATRIX, testTimeout: 600_000, hookTimeout: 180_000 },
      },
    ],
  },
});
