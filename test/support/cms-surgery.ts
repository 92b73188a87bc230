/** @module Taking a pkiMessage apart and putting it together again, for messages that no library would write. */
import { children, context, encode, readWhole, sequence, TAG, walk } from '../../lib/pki/der.js';

/** The outer SignedData in its parts; all DER encodings, sets as lists. */
export interface CmsParts {
  readonly version: Uint8Array;
  readonly digestAlgorithms: Uint8Array;
  readonly encapsulated: Uint8Array;
  readonly certificates: readonly Uint8Array[];
  readonly signerInfos: readonly Uint8Array[];
}

export interface SignerInfoParts {
  readonly version: Uint8Array;
  readonly identifier: Uint8Array;
  readonly digestAlgorithm: Uint8Array;
  /** `[0]`, whole; undefined leaves it out. */
  readonly signedAttributes: Uint8Array | undefined;
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
}

export function takeApart(message: Uint8Array): CmsParts {
  const contentInfo = walk(readWhole(message));
  contentInfo.next();
  const body = walk(readWhole(contentInfo.next().content));
  return {
    version: body.next().bytes,
    digestAlgorithms: body.next().bytes,
    encapsulated: body.next().bytes,
    certificates: children(body.next()).map(({ bytes }) => bytes),
    signerInfos: children(body.next()).map(({ bytes }) => bytes),
  };
}

/** A SignedData ContentInfo of these parts, in this order. */
export function putTogether(message: Uint8Array, changes: Partial<CmsParts>): Uint8Array {
  const parts = { ...takeApart(message), ...changes };
  const body = sequence(
    parts.version,
    parts.digestAlgorithms,
    parts.encapsulated,
    ...(parts.certificates.length > 0 ? [context(0, ...parts.certificates)] : []),
    encode(TAG.set, ...parts.signerInfos),
  );
  return sequence(walk(readWhole(message)).next().bytes, context(0, body));
}

export function takeSignerApart(signerInfo: Uint8Array): SignerInfoParts {
  const parts = walk(readWhole(signerInfo));
  return {
    version: parts.next().bytes,
    identifier: parts.next().bytes,
    digestAlgorithm: parts.next().bytes,
    signedAttributes: parts.next().bytes,
    signatureAlgorithm: parts.next().bytes,
    signature: parts.next().bytes,
  };
}

/** The message with its one SignerInfo changed. */
export function changeSigner(message: Uint8Array, changes: Partial<SignerInfoParts>): Uint8Array {
  const [own] = takeApart(message).signerInfos;
  if (!own) throw new Error('nobody signed it');
  const parts = { ...takeSignerApart(own), ...changes };
  const fields = Object.values(parts).filter((part) => part !== undefined);
  return putTogether(message, { signerInfos: [sequence(...fields)] });
}

/** Every octet string that is `find` replaced by `replacement`, which must be as long. */
export function replaceBytes(bytes: Uint8Array, find: Uint8Array, replacement: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf(find);
  if (at < 0 || find.length !== replacement.length) throw new Error('no place to put it');
  const copy = Uint8Array.from(bytes);
  copy.set(replacement, at);
  return copy;
}
