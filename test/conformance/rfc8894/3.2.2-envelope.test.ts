/** The pkcsPKIEnvelope: for one of our certificates among others, with data inside (section 3.2.2). */
import { describe, expect, it } from 'vitest';
import { OID, openEnvelope, type Certificate } from '../../../dev/scep-client/index.js';
import {
  children,
  context,
  contextPrimitive,
  encode,
  integer,
  oid,
  readWhole,
  sequence,
  TAG,
  walk,
} from '../../../lib/pki/der.js';
import { sealEnvelope } from '../../../dev/scep-client/index.js';
import { createBench, deviceCsr, OTHER_KEY, selfSigned } from '../../support/scep-bench.js';

const bench = await createBench();
const stranger = selfSigned(OTHER_KEY).certificate;
const ours = bench.ca.encryption;
const seal = (recipients: readonly Certificate[]) => sealEnvelope(deviceCsr(), { recipients });
const outcomeOf = async (envelope: Uint8Array) => (await bench.ask(bench.build({ envelope }))).outcome;

/** EnvelopedData rebuilt from its recipient infos and encrypted content. */
function rebuild(
  envelope: Uint8Array,
  change: (recipients: Uint8Array[], encrypted: Uint8Array) => readonly [Uint8Array[], Uint8Array],
): Uint8Array {
  const [, explicit] = children(readWhole(envelope));
  const [version, recipients, encrypted] = children(readWhole(explicit?.content ?? new Uint8Array()));
  if (!version || !recipients || !encrypted) throw new Error('no EnvelopedData');
  const [infos, content] = change(
    children(recipients).map(({ bytes }) => bytes),
    encrypted.bytes,
  );
  return sequence(
    oid(OID.envelopedData),
    context(0, sequence(version.bytes, encode(TAG.set, ...infos), content)),
  );
}

describe('recipients', () => {
  it('ours may stand behind strangers', async () => {
    expect(await outcomeOf(seal([stranger, bench.ca.ca, ours].filter(isRsa)))).toBe('SUCCESS');
  });

  it('only strangers: badRequest, and the text says why', async () => {
    const { outcome, message } = await bench.ask(bench.build({ envelope: seal([stranger]) }));
    expect(outcome).toBe('FAILURE badRequest');
    expect(message?.failInfoText).toBe('The request is encrypted for another CA.');
    expect(bench.journal.at(-1)?.code).toBe('ERR_SCEP_RECIPIENT');
  });

  it('may be named by key identifier', async () => {
    const extension = ours.extensions.find(({ oid: type }) => type === OID.subjectKeyIdentifier);
    const id = readWhole(extension?.value ?? new Uint8Array()).content;
    const envelope = rebuild(seal([ours]), ([info = new Uint8Array()], encrypted) => {
      const [, , algorithm, key] = children(readWhole(info));
      const named = sequence(
        integer(2),
        contextPrimitive(0, id),
        algorithm?.bytes ?? new Uint8Array(),
        key?.bytes ?? new Uint8Array(),
      );
      return [[named], encrypted];
    });
    expect(await outcomeOf(envelope)).toBe('SUCCESS');
  });

  it('of other kinds are passed over', async () => {
    const envelope = rebuild(seal([ours]), (infos, encrypted) => [
      [context(1, integer(3)), ...infos],
      encrypted,
    ]);
    expect(await outcomeOf(envelope)).toBe('SUCCESS');
  });

  it('none at all is badRequest', async () => {
    expect(await outcomeOf(rebuild(seal([ours]), (_infos, encrypted) => [[], encrypted]))).toBe(
      'FAILURE badRequest',
    );
  });
});

describe('content', () => {
  it('may be cut into segments under a constructed tag, as micromdm sends it', async () => {
    const envelope = rebuild(seal([ours]), (infos, encrypted) => {
      const [type, algorithm, content] = children(readWhole(encrypted));
      const octets = content?.content ?? new Uint8Array();
      const parts = [octets.subarray(0, 10), octets.subarray(10)].map((part) =>
        encode(TAG.octetString, part),
      );
      return [
        infos,
        sequence(type?.bytes ?? new Uint8Array(), algorithm?.bytes ?? new Uint8Array(), context(0, ...parts)),
      ];
    });
    expect(await outcomeOf(envelope)).toBe('SUCCESS');
  });

  it.each([
    ['of another type', (parts: Uint8Array[]) => [oid(OID.signedData), ...parts.slice(1)]],
    ['missing', (parts: Uint8Array[]) => parts.slice(0, 2)],
    ['empty', (parts: Uint8Array[]) => [...parts.slice(0, 2), contextPrimitive(0, new Uint8Array())]],
    [
      'no whole blocks',
      (parts: Uint8Array[]) => [...parts.slice(0, 2), contextPrimitive(0, Buffer.alloc(17))],
    ],
    [
      'under an initialisation vector of the wrong length',
      (parts: Uint8Array[]) => [
        parts[0] ?? new Uint8Array(),
        sequence(oid('2.16.840.1.101.3.4.1.2'), encode(TAG.octetString, Buffer.alloc(8))),
        ...parts.slice(2),
      ],
    ],
  ])('%s is badRequest', async (_case, change) => {
    const envelope = rebuild(seal([ours]), (infos, encrypted) => [
      infos,
      sequence(...change(children(readWhole(encrypted)).map(({ bytes }) => bytes))),
    ]);
    expect(await outcomeOf(envelope)).toBe('FAILURE badRequest');
  });

  it('other than EnvelopedData is badRequest', async () => {
    const inner = walk(readWhole(seal([ours])));
    inner.next();
    expect(await outcomeOf(sequence(oid(OID.data), inner.next().bytes))).toBe('FAILURE badRequest');
  });
});

describe('the answer', () => {
  it('is encrypted to the signer of the request, not to the key that is certified', async () => {
    const signer = selfSigned(OTHER_KEY, {
      subject: 'CN=MDM SCEP SIGNER,C=US',
      serialNumber: Uint8Array.of(1),
    });
    const { outcome, message } = await bench.ask(bench.build({ signer }));
    expect(outcome).toBe('SUCCESS');
    const envelope = message?.envelope ?? new Uint8Array();
    expect(openEnvelope(envelope, OTHER_KEY, signer.certificate).length).toBeGreaterThan(0);
  });

  it.each([
    ['one octet', Uint8Array.of(1)],
    ['a sign octet', Uint8Array.of(0x80, 1, 2)],
    ['32 octets', Buffer.from('0123456789ABCDEF0123456789ABCDEF')],
    ['33 octets as sscep', Buffer.from('0123456789ABCDEF0123456789ABCDEF\0')],
  ])('names the signer as the request did: serial number of %s', async (_case, serialNumber) => {
    const signer = selfSigned(OTHER_KEY, { serialNumber });
    const { message } = await bench.ask(bench.build({ signer }));
    expect(
      openEnvelope(message?.envelope ?? new Uint8Array(), OTHER_KEY, signer.certificate).length,
    ).toBeGreaterThan(0);
  });
});

function isRsa({ publicKey }: Certificate): boolean {
  return publicKey.asymmetricKeyType === 'rsa';
}
