/** @module scripts/bundle.mjs, for tests: found from the checkout, since whoever asks may be bundled itself. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../dev/project-root.js';

interface Bundler {
  /** Writes main.cjs and the files beside it. `input`: the entry, default that of the product. */
  readonly bundleFunctions: (outdir: string, options?: { readonly input?: string }) => Promise<unknown>;
  /** Writes an ES module that finds its packages from its own place. */
  readonly bundleTool: (input: string, file: string) => Promise<void>;
}

export async function loadBundler(): Promise<Bundler> {
  return (await import(pathToFileURL(join(projectRoot(), 'scripts', 'bundle.mjs')).href)) as Bundler;
}
