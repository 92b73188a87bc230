import { describe, expect, it } from 'vitest';
import { createRecordWatch } from '../../../../cli/doctor/tls-records.js';

const record = (type: number, ...content: number[]) => [
  type,
  3,
  3,
  content.length >> 8,
  content.length & 255,
  ...content,
];
const message = (type: number, length = 2) => [
  type,
  0,
  length >> 8,
  length & 255,
  ...Array<number>(length).fill(7),
];

const SERVER_HELLO = message(2);
const CERTIFICATE = message(11, 300);
const CERTIFICATE_REQUEST = message(13, 40);
const DONE = message(14, 0);
const CHANGE_CIPHER = record(20, 1);
const FINISHED = record(22, ...message(99, 30));
const DATA = record(23, 1, 2, 3);

/** Shows the bytes in pieces of a size. */
function watch(bytes: readonly number[], size = bytes.length) {
  const seen = createRecordWatch();
  for (let at = 0; at < bytes.length; at += size) seen.see(Uint8Array.from(bytes.slice(at, at + size)));
  return [seen.certificateRequested, seen.renegotiated];
}

describe('what TLS says in the clear', () => {
  const plain = [
    ...record(22, ...SERVER_HELLO, ...CERTIFICATE, ...DONE),
    ...CHANGE_CIPHER,
    ...FINISHED,
    ...DATA,
  ];
  const asking = [
    ...record(22, ...SERVER_HELLO),
    ...record(22, ...CERTIFICATE, ...CERTIFICATE_REQUEST.slice(0, 9)),
    ...record(22, ...CERTIFICATE_REQUEST.slice(9), ...DONE),
    ...CHANGE_CIPHER,
    ...FINISHED,
  ];

  it.each([1, 3, 7, 1000])('sees no request where there is none, in pieces of %i', (size) => {
    expect(watch(plain, size)).toEqual([false, false]);
  });

  it.each([1, 3, 7, 1000])('sees a CertificateRequest over two records, in pieces of %i', (size) => {
    expect(watch(asking, size)).toEqual([true, false]);
  });

  it('sees a second handshake, which is encrypted', () => {
    expect(watch([...plain, ...record(22, 1, 2, 3)], 5)).toEqual([false, true]);
  });

  it('takes the encrypted Finished for no message: its first octet could be any', () => {
    expect(watch([...CHANGE_CIPHER, ...record(22, ...CERTIFICATE_REQUEST)])).toEqual([false, false]);
  });
});
