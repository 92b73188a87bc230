// Runs infra/check over the templates. It reads the settings of the code, so it is bundled from the sources.
import { rm } from 'node:fs/promises';
import { bundleTool } from './bundle.mjs';

// Packages are found from a file's place, so the bundle is run as a file beside this one.
const bundle = new URL('./.check-bicep-bundle.mjs', import.meta.url);
await bundleTool('infra/check/main.ts', bundle.pathname);
try {
  await import(bundle.href);
} finally {
  await rm(bundle);
}
