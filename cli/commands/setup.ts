/** @module `skep setup`: gives the app its roles in Intune and Graph, and the CA its certificate. */
import { Command, InvalidArgumentError } from 'commander';
import { parseYears } from '../ca/values.js';
import { addGraphOptions, type RawGraphOptions } from '../graph/access.js';
import { findDeployment, type Deployment, type RawDeploymentOptions } from '../setup/deployment.js';
import { readHandover, type Handover } from '../setup/handover-file.js';
import { setUp } from '../setup/run.js';
import { usageError, type Terminal } from '../terminal.js';

interface RawSetupOptions extends RawDeploymentOptions, RawGraphOptions {
  readonly from?: string;
  readonly directory?: boolean;
  readonly subject?: string;
  readonly years: string;
  readonly wait: number;
  readonly handover?: string;
  readonly plan?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const MAX_WAIT_MINUTES = 1440;

export function createSetupCommand(terminal: Terminal): Command {
  const command = new Command('setup')
    .description(
      'After the deployment: grant the app its roles in Intune and Microsoft Graph, and make the CA.\n' +
        'Shows what it will do, and asks. May be run again at any time: it does what is missing.',
    )
    .option(
      '--outputs <file>',
      'outputs of the deployment, JSON or azd’s .env; default: azd’s environment here',
    )
    .option('--env <name>', 'an azd environment other than the default one')
    .option('--identity <id>', 'the app’s identity: object id, client id or name; default: from the outputs')
    .option('--app <url>', 'the app, e.g. https://contoso.azurewebsites.net; default: from the outputs')
    .option('--directory', 'also the roles that read devices and users; default: as the app is set')
    .option('--subject <name>', 'make a root CA of this name if there is none, e.g. "CN=Contoso Device CA"')
    .option('--years <n>', 'life of the root', '10')
    .option('--handover <file>', 'if you may not grant: write this for somebody who may; default: print it')
    .option('--from <file>', 'grant the roles that a hand-over file asks for, and nothing else')
    .option('--wait <minutes>', 'how long to wait until the app has its roles; 0 looks once', parseMinutes, 5)
    .option('--plan', 'show what would be done, and do nothing')
    .option('--yes', 'do it without asking')
    .option('--json', 'print one JSON object and nothing else');
  return addGraphOptions(command).action(async (raw: RawSetupOptions) => {
    const years = parseYears(raw.years);
    const given = raw.from === undefined ? undefined : readHandover(raw.from);
    const deployment = given ? deploymentOf(given, raw) : findDeployment(raw, terminal);
    const { wait: waitMinutes, plan = false, yes = false, json = false, ...rest } = raw;
    await setUp(
      {
        ...rest,
        ...(given ? { roles: given.roles, graphUrl: raw.graphUrl ?? given.graphUrl } : {}),
        ...{ deployment, years, waitMinutes, planOnly: plan, yes, json },
      },
      terminal,
    );
  });
}

/** Options that have no meaning beside `--from`. */
const WITHOUT_FROM = ['outputs', 'env', 'identity', 'app', 'directory', 'subject', 'handover'] as const;

function deploymentOf({ identity, tenant }: Handover, raw: RawSetupOptions): Deployment {
  const odd = WITHOUT_FROM.find((name) => raw[name] !== undefined);
  if (odd) throw usageError(`--from does not go with --${odd}.`, 'The file says what is to be granted.');
  const meant = raw.tenant ?? tenant;
  return {
    source: raw.from ?? '',
    identity,
    ca: { kind: 'none' },
    local: false,
    ...(meant === undefined ? {} : { tenant: meant }),
  };
}

function parseMinutes(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= MAX_WAIT_MINUTES) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${MAX_WAIT_MINUTES}.`);
}
