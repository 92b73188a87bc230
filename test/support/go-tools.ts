/** @module Programs written in Go that are measured with or against: found, or built once with the Go of this machine. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../dev/project-root.js';

const GO_TOOLS = {
  k6: { module: 'go.k6.io/k6', version: 'v1.8.1' },
  'step-ca': { module: 'github.com/smallstep/certificates/cmd/step-ca', version: 'v0.30.2' },
} as const;

export type GoToolName = keyof typeof GO_TOOLS;

const folderOf = (name: GoToolName): string =>
  join(projectRoot(), 'out', 'tools', `${name}@${GO_TOOLS[name].version}`);

/** What was built before, else what the path has. */
export function findGoTool(name: GoToolName): string | undefined {
  const built = join(folderOf(name), name);
  if (existsSync(built)) return built;
  return spawnSync(name, ['version'], { stdio: 'ignore' }).error ? undefined : name;
}

/**
 * Finds the program, or builds it into `out/tools`, which takes minutes, and a network for Go's modules.
 * @param tell hears that a build begins.
 * @throws {Error} with what is missing, and where to get it.
 */
export async function provideGoTool(name: GoToolName, tell: (text: string) => void): Promise<string> {
  const found = findGoTool(name);
  if (found !== undefined) return found;
  const { module, version } = GO_TOOLS[name];
  const source = `${module}@${version}`;
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(
      `${name} is not on the path, and there is no Go to build it with (go install ${source}). ` +
        `Install ${name}, or Go from https://go.dev/dl/, and try again.`,
    );
  }
  tell(`Building ${source}. This happens once, and takes some minutes.`);
  const code = await new Promise<number | null>((resolve, reject) => {
    const build = spawn('go', ['install', '-trimpath', '-ldflags', '-s -w', source], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, GOBIN: folderOf(name), CGO_ENABLED: '0' },
    });
    build.once('error', reject).once('exit', resolve);
  });
  if (code !== 0) throw new Error(`go install ${source} ended with ${String(code)}`);
  return join(folderOf(name), name);
}
