/** @module The scheduled tasks that enroll: made by omadmclient, run by the clock, deleted by dmcertinst. */
import { MINUTE_MS, type Clock } from '../../../lib/base/clock.js';
import { hiveOf, SCEP_SUBKEY, SYSTEM_SID, type Hive, type Scope } from './paths.js';

export interface ScheduledTask {
  readonly scope: Scope;
  readonly uniqueId: string;
  /** `\Microsoft\Windows\EnterpriseMgmt\{enrollment GUID}` */
  readonly folder: string;
  /** {UniqueID} and, without a gap, the SID of the account that enrolls. */
  readonly name: string;
  readonly command: 'dmcertinst.exe';
  readonly arguments: string;
  readonly attempts: number;
  readonly intervalMs: number;
  readonly createdAt: Date;
  /** Of the attempts that were made. */
  attemptsMade: number;
  nextRunAt: Date;
}

export interface TaskScheduler {
  schedule(scope: Scope, uniqueId: string): ScheduledTask;
  find(scope: Scope, uniqueId: string): ScheduledTask | undefined;
  remove(scope: Scope, uniqueId: string): void;
  list(): readonly ScheduledTask[];
  snapshot(): () => void;
}

export const TASK_ATTEMPTS = 3;

export interface TaskSchedulerOptions {
  readonly clock: Clock;
  /** GUID of the MDM enrollment. */
  readonly enrollmentId: string;
  readonly userSid: string | undefined;
  /** Hears of new and of deleted tasks. */
  readonly onChange?: (change: 'created' | 'deleted', task: ScheduledTask) => void;
}

export function createTaskScheduler({
  clock,
  enrollmentId,
  userSid,
  onChange = () => undefined,
}: TaskSchedulerOptions): TaskScheduler {
  let tasks: readonly ScheduledTask[] = [];
  const is = (scope: Scope, uniqueId: string) => (task: ScheduledTask) =>
    task.scope === scope && task.uniqueId === uniqueId;
  return {
    schedule(scope, uniqueId) {
      const sid = scope === 'Device' ? SYSTEM_SID : (userSid ?? SYSTEM_SID);
      const task: ScheduledTask = {
        scope,
        uniqueId,
        folder: `\\Microsoft\\Windows\\EnterpriseMgmt\\{${enrollmentId.toUpperCase()}}`,
        name: `${uniqueId}${sid}`,
        command: 'dmcertinst.exe',
        arguments: formatArguments({ hive: hiveOf(scope), uniqueId }),
        attempts: TASK_ATTEMPTS,
        intervalMs: MINUTE_MS,
        createdAt: clock.now(),
        attemptsMade: 0,
        nextRunAt: clock.now(),
      };
      tasks = [...tasks, task];
      onChange('created', task);
      return task;
    },
    find: (scope, uniqueId) => tasks.find(is(scope, uniqueId)),
    remove(scope, uniqueId) {
      for (const task of tasks.filter(is(scope, uniqueId))) onChange('deleted', task);
      tasks = tasks.filter((task) => !is(scope, uniqueId)(task));
    },
    list: () => tasks,
    snapshot() {
      const before = tasks;
      return () => {
        tasks = before;
      };
    },
  };
}

export interface DmcertinstArguments {
  readonly hive: Hive;
  readonly uniqueId: string;
}

const formatArguments = ({ hive, uniqueId }: DmcertinstArguments): string =>
  `-s -k "${SCEP_SUBKEY.replace('SOFTWARE', 'Software')}\\${uniqueId}\\Install" -h ${hive} -t ${uniqueId}`;

/** @returns undefined for arguments that dmcertinst would not understand. */
export function parseArguments(
  text: string,
): { readonly installKey: string; readonly template: string } | undefined {
  const [, key, hive, template] = /^-s -k "([^"]+)" -h (HKLM|HKCU) -t (\S+)$/.exec(text) ?? [];
  if (key === undefined || hive === undefined || template === undefined) return undefined;
  return { installKey: `${hive}\\${key}`, template };
}
