/** Bundles fixture apps the way the deployable is bundled, into a folder of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { afterAll } from 'vitest';
import { projectRoot } from '../../../dev/project-root.js';

const here = fileURLToPath(new URL('.', import.meta.url));

const made: string[] = [];
afterAll(() => {
  for (const appDir of made) rmSync(appDir, { recursive: true, force: true });
});

/**
 * @param source TypeScript of the app; default the fixture app of this folder.
 * @returns a deployable folder, gone after the test file: host.json (empty route prefix), package.json, main.cjs.
 */
export async function bundleFixture(source?: string): Promise<string> {
  const appDir = mkdtempSync(join(tmpdir(), 'skep-host-'));
  made.push(appDir);
  const input = join(source === undefined ? here : appDir, 'app.ts');
  if (source !== undefined) writeFileSync(input, source);
  await build({
    input,
    platform: 'node',
    external: ['@azure/functions-core'],
    resolve: { modules: [join(projectRoot(), 'node_modules')] },
    logLevel: 'silent',
    output: { file: join(appDir, 'main.cjs'), format: 'cjs' },
  });
  writeFileSync(join(appDir, 'package.json'), JSON.stringify({ main: 'main.cjs' }));
  writeFileSync(
    join(appDir, 'host.json'),
    JSON.stringify({ version: '2.0', extensions: { http: { routePrefix: '' } } }),
  );
  return appDir;
}
