/** @module The story for a terminal. */
import pc from 'picocolors';
import type { Actor, Chapter, Entry } from './recorder.js';

const ACTORS = {
  person: pc.magenta,
  device: pc.cyan,
  intune: pc.blue,
  ca: pc.yellow,
} as const satisfies Record<Actor, (text: string) => string>;

const NAMES = { person: 'Somebody', device: 'Device', intune: 'Intune', ca: 'Skep' } as const;

const WIDTH = 100;

/** @param withXml adds each SyncML message as it went over the wire. */
export function formatStory(chapters: readonly Chapter[], withXml: boolean): string {
  return chapters
    .map(({ title, intro, entries }, index) =>
      [
        '',
        pc.bold(`${index + 1}. ${title}`),
        ...wrap(intro),
        '',
        ...entries.flatMap((entry) => formatEntry(entry, withXml)),
      ].join('\n'),
    )
    .join('\n')
    .concat('\n');
}

function formatEntry({ at, actor, title, facts, tone, xml }: Entry, withXml: boolean): string[] {
  const time = pc.dim(at.toISOString().replace('T', ' ').slice(0, 19));
  const told = tone === 'good' ? pc.green(title) : tone === 'bad' ? pc.red(title) : title;
  return [
    `${time}  ${ACTORS[actor](NAMES[actor].padEnd(8))}  ${told}`,
    ...facts.map((fact) => pc.dim(`${' '.repeat(31)}${fact}`)),
    ...(withXml && xml ? xml.split('\n').map((line) => `${' '.repeat(31)}${line}`) : []),
  ];
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + word.length >= WIDTH) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
