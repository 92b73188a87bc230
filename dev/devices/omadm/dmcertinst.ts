/** @module dmcertinst.exe: reads its settings from the registry, enrolls, writes the outcome back and cleans up. */
import type { Clock } from '../../../lib/base/clock.js';
import { signedHresult } from '../../../lib/base/hresults.js';
import { hresultOf } from '../../scep-client/hresults.js';
import { parseScepNodes, type ScepNodes } from '../scep-settings.js';
import { STATUS, type InstallResult, type WindowsDevice } from '../windows.js';
import type { WindowsEventSink } from '../windows-events.js';
import type { CertificateStore } from './certificate-store.js';
import { scepKey } from './paths.js';
import type { Protection } from './protection.js';
import { dword, text, type Registry } from './registry.js';
import type { GenericAlert } from './session.js';
import { parseArguments, type ScheduledTask, type TaskScheduler } from './task-scheduler.js';

export interface DmcertinstOptions {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly protection: Protection;
  readonly certificates: CertificateStore;
  readonly scheduler: TaskScheduler;
  readonly device: WindowsDevice;
  /** What the next session shall tell the server. */
  readonly alert: (alert: GenericAlert) => void;
  readonly emit: WindowsEventSink;
}

const ALERT_TYPE = 'com.microsoft:mdm.SCEPcertinstall.result';

/** Runs one attempt of a task; never throws. */
export async function runTask(options: DmcertinstOptions, task: ScheduledTask): Promise<InstallResult> {
  const { registry, device, clock } = options;
  const number = ++task.attemptsMade;
  task.nextRunAt = new Date(clock.now().getTime() + task.intervalMs);
  const key = scepKey(task.scope, task.uniqueId);
  let result: InstallResult;
  try {
    result = await device.attempt(parseScepNodes(readSettings(options, task)), number);
  } catch (cause) {
    result = {
      status: STATUS.failed,
      errorCode: hresultOf(cause),
      thumbprint: '',
      respondentServerUrl: '',
      attempts: number,
    };
  }
  registry.write(key, 'RespondentServerUrl', text(result.respondentServerUrl));
  registry.write(key, 'ErrorCode', dword(result.errorCode));
  const over = result.status !== STATUS.failed || number >= task.attempts;
  if (over) finish(options, task, key, result);
  else registry.write(`${key}\\Install`, 'CurrentRetryCount', dword(number + 1));
  return result;
}

/** The Install key holds the leaves as the CSP wrote them; the challenge is opened last, for this run alone. */
function readSettings({ registry, protection }: DmcertinstOptions, task: ScheduledTask): ScepNodes {
  const installKey = parseArguments(task.arguments)?.installKey ?? '';
  const values = registry.list(installKey)[0]?.values ?? {};
  const leaves = Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, data]));
  const blob = registry.read(`${installKey}\\Challenge`, 'Challenge');
  const challenge = blob?.type === 'REG_BINARY' ? protection.unprotect(blob.data) : undefined;
  // Which leaves there must be, the CSP checked before it accepted Enroll.
  return { ...leaves, Challenge: challenge ?? '' } as unknown as ScepNodes;
}

/** Installed or given up: the challenge goes first, the task last. */
function finish(options: DmcertinstOptions, task: ScheduledTask, key: string, result: InstallResult): void {
  const { registry, certificates, scheduler, alert, emit } = options;
  const { scope, uniqueId } = task;
  const { certificate } = result;
  if (certificate) {
    certificates.install({ scope, uniqueId, certificate });
    registry.write(key, 'CertThumbprint', text(certificate.thumbprint));
  }
  registry.write(key, 'Status', dword(result.status));
  registry.deleteKey(`${key}\\Install\\Challenge`);
  emit({ type: 'challenge-deleted' });
  scheduler.remove(scope, uniqueId);
  alert({
    source: `./${scope}/Vendor/MSFT/ClientCertificateInstall/SCEP/${uniqueId}`,
    type: ALERT_TYPE,
    data: String(signedHresult(result.errorCode)),
  });
}
