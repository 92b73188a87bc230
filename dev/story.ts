/** @module `npm run story`: a device's life with its certificate, told as an administrator would see it on the wire. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endQuietlyWhenClosed } from '../lib/base/closed-pipe.js';
import { readCommand } from './command-line.js';
import { formatPage } from './story/page.js';
import { formatStory } from './story/print.js';
import { playStory } from './story/script.js';
import { setStage } from './story/stage.js';

const USAGE = 'npm run story -- [--xml] [--html FILE]\n';

const parseCommand = () =>
  parseArgs({
    options: {
      xml: { type: 'boolean', default: false },
      html: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  }).values;

async function main({ xml, html, help }: ReturnType<typeof parseCommand>): Promise<void> {
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'skep-story-'));
  try {
    const stage = await setStage(dataDir);
    try {
      await playStory(stage);
    } finally {
      // Also a story that went wrong is worth reading up to there.
      const chapters = stage.recorder.chapters();
      process.stdout.write(formatStory(chapters, xml));
      if (html !== undefined) await writeFile(html, formatPage(chapters));
      await stage.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

endQuietlyWhenClosed(process.stdout, process.stderr);
const command = readCommand(parseCommand, USAGE);
if (command) {
  await main(command).catch((thrown: unknown) => {
    process.stderr.write(
      `The story failed: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`,
    );
    process.exitCode = 1;
  });
}
