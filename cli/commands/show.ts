/** @module `skep show`: one certificate, with its history. */
import { Command } from 'commander';
import { toText } from '../inspect/finding.js';
import { addAccessOptions, openAccess, type AccessOptions } from '../management/access.js';
import { CertificateDetails, describeCertificate, describeEntry, readAnswer } from '../management/answers.js';
import { createManagementClient } from '../management/client.js';
import { parseSerial } from '../management/options.js';
import { printJson, type Terminal } from '../terminal.js';

export function createShowCommand(terminal: Terminal): Command {
  const command = new Command('show')
    .description('Show a certificate and what happened to its requests.')
    .argument('<serial>', 'serial number, hex', parseSerial)
    .option('--pem', 'print the certificate itself and nothing else');
  return addAccessOptions(command, terminal).action(
    async (serial: string, raw: AccessOptions & { readonly pem?: boolean }) => {
      const client = createManagementClient(openAccess(raw, terminal), terminal);
      const answer = await client.get(`certificates/${encodeURIComponent(serial)}`);
      const { certificate, journal } = readAnswer(CertificateDetails, answer);
      if (raw.json) printJson(terminal, answer);
      else if (raw.pem) terminal.out(certificate.pem ?? '');
      else {
        const found = describeCertificate(certificate, journal.map(describeEntry));
        terminal.out(toText(found, terminal.colors));
      }
    },
  );
}
