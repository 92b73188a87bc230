#!/usr/bin/env node
/** @module The command line's entry: hands the process over to the program. */
import pc from 'picocolors';
import { endQuietlyWhenClosed } from '../lib/base/closed-pipe.js';
import { runCli } from './program.js';
import { askYesOrNo } from './confirm.js';
import { createProgress } from './progress.js';

endQuietlyWhenClosed(process.stdout, process.stderr);
process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  colors: pc.createColors(process.stdout.isTTY && pc.isColorSupported),
  fetch: globalThis.fetch,
  ...(process.stdin.isTTY ? { confirm: askYesOrNo } : {}),
  progress: createProgress(process.stderr),
});
