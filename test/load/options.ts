/** @module The command line of `npm run load`. */
import { parseArgs } from 'node:util';
import { SCENARIOS, type ScenarioName } from './plan.js';

export interface LoadCommand {
  readonly help: boolean;
  readonly scenario: ScenarioName;
  /** SCEP address of a server elsewhere. Unset: the local cloud, running or started for it. */
  readonly url: string | undefined;
  /** Challenge of that server's static endpoint. */
  readonly challenge: string | undefined;
  /** Which endpoint of the local cloud. */
  readonly endpoint: 'intune' | 'static';
  readonly devices: number;
  readonly seconds: number;
  readonly connections: number;
  readonly scepP95Ms: number;
  readonly ocspP95Ms: number;
  readonly k6: string | undefined;
  readonly report: string;
  readonly json: boolean;
}

export const USAGE = `npm run load -- enroll|renewal|ocsp|mixed|overload [options]

  enroll       enrollments, evenly spread
  renewal      a fleet whose certificates fall due the same morning: a peak
  ocsp         OCSP at login time, by POST and GET: a peak
  mixed        all three at once
  overload     many more connections than the server works on at once; it must turn away with 429

  --devices N      each with a key of its own; default 200
  --seconds N      how long it takes; default 30
  --connections N  of overload; default 256
  --endpoint NAME  intune (challenges of the Intune simulator) or static; default intune
  --url URL        SCEP address of a server elsewhere, e.g. https://….azurewebsites.net/static
  --challenge TEXT its challenge; default: the variable SKEP_STATIC_CHALLENGE
  --scep-p95 MS    milliseconds that 95 % of SCEP answers may take; default 5000
  --ocsp-p95 MS    the same for OCSP; default 1000
  --report FILE    default out/load/SCENARIO.html
  --k6 PATH        k6 to use; default: out/tools, the path, or built with Go
  --json           the figures as JSON

Without --url the local cloud is loaded: the one that runs here (ready.json), else one that is started for it.
It ends with 1 when a condition did not hold.
`;

/** @throws {RangeError} for a value out of its range, {TypeError} for an option that does not exist. */
export function parseLoadCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): LoadCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      challenge: { type: 'string' },
      endpoint: { type: 'string' },
      devices: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '30' },
      connections: { type: 'string', default: '256' },
      'scep-p95': { type: 'string', default: '5000' },
      'ocsp-p95': { type: 'string', default: '1000' },
      report: { type: 'string' },
      k6: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [name = '', ...more] = positionals;
  const scenario = SCENARIOS.find((known) => known === name);
  if (!values.help && (scenario === undefined || more.length > 0)) {
    throw new RangeError(`one scenario is wanted: ${SCENARIOS.join(', ')}`);
  }
  const { url } = values;
  const challenge = values.challenge ?? environment['SKEP_STATIC_CHALLENGE'];
  if (url !== undefined && !/^https?:\/\//.test(url))
    throw new RangeError('--url wants an http or https address');
  if (url !== undefined && values.endpoint !== undefined) {
    throw new RangeError(
      '--endpoint belongs to the local cloud: with --url, name the endpoint in the address',
    );
  }
  if (url !== undefined && !challenge && !values.help) {
    throw new RangeError('--url wants --challenge: no Intune makes challenges for a load test');
  }
  const endpoint = values.endpoint ?? 'intune';
  if (endpoint !== 'intune' && endpoint !== 'static') throw new RangeError('--endpoint is intune or static');
  return {
    help: values.help,
    scenario: scenario ?? 'enroll',
    url: url?.replace(/\?.*$/, '').replace(/\/+$/, ''),
    challenge,
    endpoint,
    devices: parseCount('devices', values.devices, 1, 100_000),
    seconds: parseCount('seconds', values.seconds, 1, 3600),
    connections: parseCount('connections', values.connections, 1, 5000),
    scepP95Ms: parseCount('scep-p95', values['scep-p95'], 1, 60_000),
    ocspP95Ms: parseCount('ocsp-p95', values['ocsp-p95'], 1, 60_000),
    k6: values.k6,
    report: values.report ?? `out/load/${name}.html`,
    json: values.json,
  };
}

function parseCount(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new RangeError(`--${name} wants a whole number from ${least} to ${most}`);
  return value;
}
