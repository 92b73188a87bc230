/** @module The device's own events in words. */
import { formatHresult } from '../../lib/base/hresults.js';
import type { ScheduledTask } from '../devices/omadm/task-scheduler.js';
import type { WindowsEvent } from '../devices/windows-events.js';
import type { EntryDraft } from './recorder.js';

/** @returns undefined for what another entry shows already. */
export function tellEvent(event: WindowsEvent): EntryDraft | undefined {
  const device = { actor: 'device', kind: 'event' } as const;
  switch (event.type) {
    case 'attempt':
      return {
        actor: 'device',
        kind: 'task',
        title: `The task runs dmcertinst: attempt ${event.number} of ${event.of}`,
      };
    case 'capabilities':
      return { ...device, title: 'GetCACaps tells what the CA can do', facts: [event.words.join(' ')] };
    case 'ca-certificates':
      return {
        ...device,
        title: 'GetCACert holds the CA with the pinned thumbprint',
        facts: [...event.subjects, `CAThumbprint ${event.caThumbprint}`, `encrypts to ${event.recipient}`],
      };
    case 'request-made':
      return {
        ...device,
        title: `Makes a new RSA-${event.keyLength} key and a PKCS#10 with the challenge in it (event ${event.eventId})`,
        facts: [event.subject, event.keyProvider, `${event.size} octets, signed by ${event.signer}`],
      };
    case 'request-sent':
      return {
        ...device,
        title: 'Sends it with PKIOperation',
        facts: [
          `transaction ${event.transactionId}`,
          `${event.size} octets, ${event.digest}, ${event.cipher}, key transport ${event.keyTransport}`,
        ],
      };
    case 'answer':
      return {
        ...device,
        title: `Opens the CertRep: ${event.pkiStatus}`,
        facts: [event.failInfo, event.failInfoText].filter((text) => text !== undefined),
      };
    case 'waiting':
      return {
        actor: 'device',
        kind: 'task',
        title: `The next attempt is due in ${Math.round(event.delayMs / 1000)} seconds`,
      };
    case 'installed':
      return {
        ...device,
        title: `Installs the certificate (event ${event.eventId})`,
        facts: [
          `serial number ${event.serialNumber}`,
          `thumbprint ${event.thumbprint}`,
          `good until ${event.notAfter.toISOString()}`,
        ],
        tone: 'good',
      };
    case 'failed':
      return {
        ...device,
        title: `Fails with ${formatHresult(event.errorCode)} (event ${event.eventId})`,
        facts: [event.means],
        tone: 'bad',
      };
    case 'challenge-deleted':
      return { actor: 'device', kind: 'registry', title: 'Deletes the Challenge key (RegDeleteKey)' };
    case 'accepted':
      return undefined;
  }
}

export function tellTask(change: 'created' | 'deleted', task: ScheduledTask): EntryDraft {
  return change === 'created'
    ? {
        actor: 'device',
        kind: 'task',
        title: 'omadmclient makes the scheduled task',
        facts: [
          task.folder,
          task.name,
          `${task.attempts} attempts, every ${task.intervalMs / 60_000} minute`,
          `${task.command} ${task.arguments}`,
        ],
      }
    : { actor: 'device', kind: 'task', title: 'The scheduled task is deleted', facts: [task.name] };
}
