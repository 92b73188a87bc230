// Starts the package, and runs the end-to-end tests with it, on every version of Node.js that it is for. The binaries
// come from npm, from what the package `node` installs on this platform, into a temporary folder. Further arguments go
// to Vitest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The first is what a checkout needs at least, the others are what Azure offers. */
const VERSIONS = ['20.19.5', '22.21.0', '24.11.1'];
const BINARY = `node-${process.platform}-${process.arch}`;
const SKIPPED = 'skipped';

const run = (program, parameters, options = {}) =>
  spawnSync(program, parameters, { stdio: 'inherit', ...options }).status === 0;

function testOn(version) {
  const folder = mkdtempSync(join(tmpdir(), `skep-node-${version}-`));
  try {
    const install = ['install', '--no-save', '--ignore-scripts', '--prefix', folder, `${BINARY}@${version}`];
    const node = join(folder, 'node_modules', BINARY, 'bin/node');
    const installed = spawnSync('npm', install, { encoding: 'utf8' });
    if (installed.status !== 0 || !run(node, ['--version'])) {
      console.log(
        `Node.js ${version} cannot be installed here: ${installed.stderr.trim().split('\n').at(-1)}`,
      );
      return SKIPPED;
    }
    // What the tests start by the name `node` is this version too.
    const env = {
      ...process.env,
      PATH: `${dirname(node)}:${process.env.PATH}`,
      SKEP_APP_DIR: 'out/app',
    };
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', ...process.argv.slice(2)];
    return run(node, ['scripts/package/load.mjs', 'out/app'], { env }) && run(node, vitest, { env });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const made = ['build', 'package'].every((script) => run('npm', ['run', '--silent', script]));
if (!made) process.exit(1);
const results = VERSIONS.map((version) => [version, testOn(version)]);
for (const [version, result] of results) {
  console.log(`Node.js ${version}: ${result === SKIPPED ? result : result ? 'passed' : 'FAILED'}`);
}
process.exitCode = results.some(([, result]) => !result) ? 1 : 0;
