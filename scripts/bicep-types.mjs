// Writes infra/check/types/azure.json: what Azure's own type data says of each resource type that infra/ uses.
// Run it after a resource type or an API version changed: `node scripts/bicep-types.mjs`. It installs Microsoft's
// @azure/mcp-linux-x64 (MIT, 137 MB, Linux on x64) into a temporary folder, which reads the data without a network.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { stripSchema } from './bicep-types/strip.mjs';

const PACKAGE = '@azure/mcp-linux-x64@2.0.5';
const TARGET = 'infra/check/types/azure.json';
/** What that version has no data for; these are written by hand in infra/check/types/by-hand.ts. */
const BY_HAND =
  /^Microsoft\.(Insights\/(diagnosticSettings|metricAlerts|scheduledQueryRules|actionGroups)|Network\/privateDnsZones)/;

const folder = mkdtempSync(join(tmpdir(), 'skep-bicep-types-'));
try {
  execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--prefix', folder, PACKAGE], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const installed = join(folder, 'node_modules/@azure/mcp-linux-x64');
  const resources = {};
  for (const type of usedTypes()) {
    const { name, schema } = stripSchema(askFor(join(installed, 'dist/azmcp'), type));
    resources[name] = schema;
  }
  const licence = readFileSync(join(installed, 'LICENSE'), 'utf8').trim().split(/\r?\n/);
  const text = JSON.stringify({ source: PACKAGE, licence, resources });
  writeFileSync(TARGET, await format(text, { parser: 'json', printWidth: 110, objectWrap: 'collapse' }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function usedTypes() {
  const files = readdirSync('infra', { recursive: true }).filter((file) => String(file).endsWith('.bicep'));
  const found = files.flatMap((file) => [
    ...readFileSync(join('infra', String(file)), 'utf8').matchAll(/'(Microsoft\.[\w./]+)@/g),
  ]);
  return [...new Set(found.map(([, type]) => type))].filter((type) => !BY_HAND.test(type)).sort();
}

function askFor(program, type) {
  const answer = execFileSync(program, ['bicepschema', 'get', '--resource-type', type], {
    env: { ...process.env, AZURE_MCP_COLLECT_TELEMETRY: 'false' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(answer).results.BicepSchemaResult;
}
