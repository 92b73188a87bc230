/** @module The reader of elements: DER strictly, BER as far as the CMS layers need it. */
import { equalBytes } from '../../../lib/base/bytes.js';
import {
  children,
  encode,
  readBitString,
  readElement,
  readInteger,
  readNamedBits,
  readOctets,
  readOid,
  readSmallInteger,
  readText,
  readTime,
  readWhole,
  TAG,
  type Element,
  type Rules,
} from '../../../lib/pki/der.js';
import { measureNesting } from '../../../lib/pki/nesting.js';
import { readWithAsn1js } from '../readers.js';
import { CERTIFICATES, ENVELOPES, MESSAGES, REQUESTS } from '../seeds.js';
import { assertHolds, type Target } from '../target.js';
import { ACCEPTED, judge } from '../verdict.js';

const CONSTRUCTED = 0x20;

/** The reader of each kind of value; what cannot be read fails with one code, whatever it is. */
const READERS: ReadonlyMap<number, (element: Element) => unknown> = new Map<
  number,
  (element: Element) => unknown
>([
  [TAG.integer, readInteger],
  [TAG.enumerated, (element) => readSmallInteger(readWhole(encode(TAG.integer, element.content)))],
  [TAG.bitString, readNamedBits],
  [TAG.null, (element) => readBitString(readWhole(encode(TAG.bitString, element.content)))],
  [TAG.oid, readOid],
  [TAG.utcTime, readTime],
  [TAG.generalizedTime, readTime],
]);

const MAX_DEPTH = 40;

/** A walk through everything; deeper than the stack of this test can bear, it trusts. */
function visit(element: Element, rules: Rules, depth = 0): void {
  const { tag, content, bytes } = element;
  if ((tag & CONSTRUCTED) === 0) {
    if (rules === 'DER')
      assertHolds(equalBytes(encode(tag, content), bytes), 'one value has one encoding in DER');
    const read = READERS.get(tag) ?? readText;
    judge(() => read(element), ['ERR_DER']);
    return;
  }
  if ((tag & ~CONSTRUCTED) === TAG.octetString) judge(() => readOctets(element, rules), ['ERR_DER']);
  if (depth < MAX_DEPTH) for (const child of children(element, rules)) visit(child, rules, depth + 1);
}

export const der: Target = {
  name: 'der',
  about: 'elements in BER and DER, and every reader of values',
  grammar: 'der',
  seeds: () => [...MESSAGES, ...ENVELOPES, ...CERTIFICATES, ...REQUESTS],
  run(input) {
    const strict = judge(() => {
      visit(readWhole(input), 'DER');
    }, ['ERR_DER']);
    const lax = judge(() => {
      visit(readWhole(input, undefined, 'BER'), 'BER');
    }, ['ERR_DER']);
    assertHolds(lax.accepted || !strict.accepted, 'DER is BER');
    judge(() => readElement(input, input.length >> 1, 'BER'), ['ERR_DER']);
    assertHolds(measureNesting(input, 40) <= 40, 'nesting is counted no further than asked');
    return lax.accepted ? ACCEPTED : lax;
  },
  references: [{ name: 'asn1js', every: 8, read: readWithAsn1js }],
  program: { args: ['asn1parse', '-inform', 'DER', '-noout', '-in'] },
};
