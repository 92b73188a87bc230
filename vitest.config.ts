import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout = 20_000) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: 120_000 },
});

export default defineConfig({
  test: {
    globals: false,
    setupFiles: ['test/support/no-network.ts'],
    maxWorkers: 2,
    projects: [
      project('unit'),
      project('contract', 60_000),
      project('conformance', 60_000),
      project('e2e', 120_000),
      project('interop', 300_000),
    ],
  },
});
