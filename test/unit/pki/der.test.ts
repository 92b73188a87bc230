import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../lib/base/bytes.js';
import {
  bitString,
  boolean,
  children,
  context,
  contextPrimitive,
  contextTag,
  decodeOid,
  encode,
  generalizedTime,
  ia5String,
  integer,
  namedBits,
  octetString,
  oid,
  printableString,
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
  sequence,
  setOf,
  TAG,
  time,
  utf8String,
  walk,
} from '../../../lib/pki/der.js';
import { codeOf } from '../../support/error-code.js';
import { openssl } from '../../support/openssl.js';

const hex = (text: string): Uint8Array => fromHex(text.replaceAll(' ', ''));
const refuses = (action: () => unknown): void => {
  expect(codeOf(action)).toBe('ERR_DER');
};

/** Well-formed DER of any shape, up to a few levels. */
const anyDer: fc.Arbitrary<Uint8Array> = fc.letrec<{ node: Uint8Array; leaf: Uint8Array }>((tie) => ({
  leaf: fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map(octetString),
    fc.uint8Array({ minLength: 1, maxLength: 24 }).map(integer),
    fc.string({ unit: 'grapheme' }).map(utf8String),
    fc.boolean().map(boolean),
  ),
  node: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.array(tie('node'), { maxLength: 4 }).map((parts) => sequence(...parts)),
    fc.array(tie('node'), { maxLength: 4 }).map(setOf),
    fc.tuple(fc.integer({ min: 0, max: 30 }), tie('node')).map(([number, part]) => context(number, part)),
  ),
})).node;

describe('lengths', () => {
  it.each([
    [0, '0400'],
    [0x7f, '047F'],
    [0x80, '048180'],
    [0xff, '0481FF'],
    [0x100, '04820100'],
    [0xffff, '0482FFFF'],
    [0x1_0000, '0483010000'],
    [0x100_0000, '048401000000'],
  ])('writes %i in its shortest form and reads it back', (length, header) => {
    const der = octetString(new Uint8Array(length));
    expect(toHex(der.subarray(0, header.length / 2))).toBe(header);
    expect(readWhole(der, TAG.octetString).content).toHaveLength(length);
  });

  it.each(['04 81 01 00', '04 81 7F', '04 82 00 80', '04 83 00 01 00', '04 84 00 00 00 01 00'])(
    'refuses the long form %s in DER and takes it in BER',
    (header) => {
      const padded = Buffer.concat([hex(header), new Uint8Array(0x100)]);
      refuses(() => readElement(padded));
      expect(readElement(padded, 0, 'BER').tag).toBe(TAG.octetString);
    },
  );

  it.each(['04 85 00 00 00 00 01 00', '04 FF 00'])('refuses %s in both', (header) => {
    refuses(() => readElement(hex(header)));
    refuses(() => readElement(hex(header), 0, 'BER'));
  });

  it('does not overflow on a length of four gigabytes', () => {
    refuses(() => readElement(hex('04 84 FF FF FF FF 00')));
  });

  it('refuses high tag numbers', () => {
    refuses(() => readElement(hex('1F 01 00'), 0, 'BER'));
  });
});

describe('truncation and trailing octets', () => {
  it('refuses every proper prefix, and anything after the end', () => {
    fc.assert(
      fc.property(anyDer, (der) => {
        for (let length = 0; length < der.length; length++) {
          refuses(() => readWhole(der.subarray(0, length)));
          refuses(() => readWhole(der.subarray(0, length), undefined, 'BER'));
        }
        refuses(() => readWhole(Buffer.concat([der, Uint8Array.of(0)])));
      }),
      { numRuns: 60 },
    );
  });

  it('reads what it wrote, to the octet', () => {
    const rebuild = (der: Uint8Array): Uint8Array => {
      const element = readWhole(der);
      if ((element.tag & 0x20) === 0) return encode(element.tag, element.content);
      return encode(element.tag, ...children(element).map((child) => rebuild(child.bytes)));
    };
    fc.assert(
      fc.property(anyDer, (der) => {
        expect(toHex(rebuild(der))).toBe(toHex(der));
      }),
    );
  });

  it('throws nothing but ERR_DER on any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('DER', 'BER'), (octets, rules) => {
        const code = codeOf(() => children(readElement(octets, 0, rules), rules).map((e) => readText(e)));
        expect([undefined, 'ERR_DER']).toContain(code);
      }),
    );
  });
});

describe('indefinite lengths', () => {
  const indefinite = hex('24 80 04 01 AA 04 01 BB 00 00');

  it('are read in BER', () => {
    const element = readWhole(indefinite, 0x24, 'BER');
    expect(element.indefinite).toBe(true);
    expect(toHex(readOctets(element, 'BER'))).toBe('AABB');
  });

  it('are refused in DER, at any depth', () => {
    refuses(() => readElement(indefinite));
    refuses(() => children(readWhole(sequence(indefinite))));
  });

  it('are refused on primitive elements', () => {
    refuses(() => readElement(hex('04 80 00 00'), 0, 'BER'));
  });

  it('are refused without their end', () => {
    for (let length = 0; length < indefinite.length; length++) {
      refuses(() => readElement(indefinite.subarray(0, length), 0, 'BER'));
    }
  });

  it('nest to a limit', () => {
    const nest = (depth: number): Uint8Array =>
      Buffer.concat([Buffer.alloc(depth * 2, hex('3080')), Buffer.alloc(depth * 2)]);
    expect(readWhole(nest(30), TAG.sequence, 'BER').indefinite).toBe(true);
    refuses(() => readWhole(nest(40), TAG.sequence, 'BER'));
    refuses(() => readWhole(nest(20_000), TAG.sequence, 'BER'));
  });

  it('may stand inside one another and beside definite ones', () => {
    const inner = hex('30 80 02 01 05 00 00');
    const outer = Buffer.concat([hex('30 80'), inner, hex('04 00'), hex('00 00')]);
    const [first, second] = children(readWhole(outer, TAG.sequence, 'BER'), 'BER');
    expect(first && toHex(first.bytes)).toBe(toHex(inner));
    expect(second?.tag).toBe(TAG.octetString);
  });
});

describe('constructed octet strings', () => {
  it('are refused in DER', () => {
    refuses(() => readOctets(readElement(hex('24 03 04 01 AA'))));
  });

  it('are refused when a segment is of another type', () => {
    refuses(() => readOctets(readElement(hex('24 03 02 01 05'), 0, 'BER'), 'BER'));
  });
});

describe('integers', () => {
  it.each([
    [0, '020100'],
    [127, '02017F'],
    [128, '02020080'],
    [256, '02020100'],
    [65_537, '0203010001'],
    [2 ** 31 - 1, '02047FFFFFFF'],
  ])('writes %i as %s and reads it back', (value, der) => {
    expect(toHex(integer(value))).toBe(der);
    expect(readSmallInteger(readWhole(hex(der)))).toBe(value);
  });

  it('strips leading zeros of octets and keeps the sign clear', () => {
    expect(toHex(integer(hex('00 00 80')))).toBe('02020080');
    expect(toHex(integer(hex('00 00')))).toBe('020100');
  });

  it.each(['02 00', '02 02 00 01', '02 02 FF 80', '04 01 01'])('refuses %s', (der) => {
    refuses(() => readInteger(readWhole(hex(der))));
  });

  it.each(['02 01 FF', '02 05 01 00 00 00 00', '02 05 00 80 00 00 00'])(
    'refuses %s as a small number',
    (der) => {
      refuses(() => readSmallInteger(readWhole(hex(der))));
    },
  );
});

describe('bit strings', () => {
  it('hold whole octets', () => {
    expect(toHex(readBitString(readWhole(bitString(hex('A5 5A')))))).toBe('A55A');
    refuses(() => readBitString(readWhole(hex('03 02 01 80'))));
    refuses(() => readBitString(readWhole(hex('03 00'))));
  });

  it.each([
    [[], '030100'],
    [[0], '03020780'],
    [[0, 2], '030205A0'],
    [[5, 6], '03020106'],
    [[0, 8], '0303078080'],
  ])('writes the named bits %j as %s and reads them back', (bits, der) => {
    expect(toHex(namedBits(bits))).toBe(der);
    expect(readNamedBits(readWhole(hex(der)))).toEqual(bits);
  });

  it.each(['03 00', '03 02 08 80', '03 01 01'])('refuses the named bits %s', (der) => {
    refuses(() => readNamedBits(readWhole(hex(der))));
  });
});

describe('object identifiers', () => {
  it.each([
    ['1.2.840.113549.1.1.11', '06092A864886F70D01010B'],
    ['2.5.29.17', '0603551D11'],
    ['2.999.3', '0603883703'],
    ['0.9.2342.19200300.100.1.25', '060A0992268993F22C640119'],
    ['2.16.840.1.113733.1.9.7', '060A6086480186F845010907'],
  ])('%s', (dotted, der) => {
    expect(toHex(oid(dotted))).toBe(der);
    expect(readOid(readWhole(hex(der)))).toBe(dotted);
  });

  it('come back as they were, as openssl prints them', () => {
    const arc = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    const dotted = fc
      .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 39 }), fc.array(arc, { maxLength: 8 }))
      .map(([root, second, rest]) => [root, second, ...rest].join('.'));
    fc.assert(
      fc.property(dotted, (text) => {
        expect(readOid(readWhole(oid(text)))).toBe(text);
      }),
    );
    expect(openssl(['asn1parse', '-inform', 'DER'], oid('1.3.6.1.4.1.311.13.2.1'))).toContain(
      ':1.3.6.1.4.1.311.13.2.1',
    );
  });

  it.each([
    ['', 'nothing'],
    ['80 01', 'a padded arc'],
    ['2A 80 01', 'a padded later arc'],
    ['2A 86', 'an arc without its end'],
    ['2A FF FF FF FF FF FF FF FF 7F', 'an arc beyond 2^53'],
  ])('refuse %s: %s', (content) => {
    refuses(() => decodeOid(hex(content)));
  });

  it('refuse 65 octets', () => {
    refuses(() => decodeOid(new Uint8Array(65).fill(1)));
  });
});

describe('text', () => {
  it('reads every string type that names use', () => {
    expect(readText(readWhole(utf8String('Zürich 東京')))).toBe('Zürich 東京');
    expect(readText(readWhole(printableString('Contoso')))).toBe('Contoso');
    expect(readText(readWhole(ia5String('a@b.example')))).toBe('a@b.example');
    expect(readText(readWhole(hex('14 01 FC')))).toBe('ü');
    expect(readText(readWhole(hex('1E 04 00 41 6771')))).toBe('A東');
  });

  it('keeps a byte order mark, as somebody else’s reader would see it', () => {
    expect(readText(readWhole(hex('0C 04 EF BB BF 41')))).toBe('\ufeffA');
  });

  it.each(['0C 01 FF', '13 01 80', '16 01 FF', '1E 01 41', '1C 04 00 00 00 41', '04 01 41'])(
    'refuses %s',
    (der) => {
      refuses(() => readText(readWhole(hex(der))));
    },
  );
});

describe('times', () => {
  it.each([
    ['2049-12-31T23:59:59Z', TAG.utcTime, '491231235959Z'],
    ['2050-01-01T00:00:00Z', TAG.generalizedTime, '20500101000000Z'],
    ['1999-06-01T12:30:00Z', TAG.utcTime, '990601123000Z'],
    ['2000-02-29T00:00:00Z', TAG.utcTime, '000229000000Z'],
  ])('%s', (iso, tag, text) => {
    const encoded = readWhole(time(new Date(iso)));
    expect(encoded.tag).toBe(tag);
    expect(Buffer.from(encoded.content).toString()).toBe(text);
    expect(readTime(encoded)).toEqual(new Date(iso));
  });

  it('come back to the second, from 1950 to 9999', () => {
    const seconds = fc.integer({
      min: Date.parse('1950-01-01T00:00:00Z') / 1000,
      max: Date.parse('9999-12-31T23:59:59Z') / 1000,
    });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 999 }), (second, millisecond) => {
        const date = new Date(second * 1000 + millisecond);
        expect(readTime(readWhole(time(date))).getTime()).toBe(second * 1000);
        expect(readTime(readWhole(generalizedTime(date))).getTime()).toBe(second * 1000);
      }),
    );
  });

  it.each([
    [TAG.utcTime, '2401010000Z', 'no seconds'],
    [TAG.utcTime, '240101000000+0100', 'an offset'],
    [TAG.utcTime, '240230000000Z', '30 February'],
    [TAG.utcTime, '230229000000Z', '29 February of a common year'],
    [TAG.utcTime, '241301000000Z', 'a 13th month'],
    [TAG.utcTime, '240101240000Z', '24 o’clock'],
    [TAG.utcTime, '240101000060Z', 'a leap second'],
    [TAG.generalizedTime, '20240101000000.5Z', 'a fraction'],
    [TAG.generalizedTime, '240101000000Z', 'two digits of a year'],
    [TAG.utf8String, '240101000000Z', 'another type'],
  ])('refuses %i %s: %s', (tag, text, _) => {
    refuses(() => readTime(readWhole(encode(tag, Buffer.from(text)))));
  });
});

describe('structures', () => {
  it('sorts a SET OF by encoding', () => {
    expect(toHex(setOf([hex('020102'), hex('0201 01'), hex('0101FF')]))).toBe('31090101FF020101020102');
  });

  it('tags by context', () => {
    expect(toHex(context(3, integer(1)))).toBe('A303020101');
    expect(toHex(contextPrimitive(6, Buffer.from('a')))).toBe('860161');
    expect(contextTag(2, false)).toBe(0x82);
  });

  it('walks with optional elements', () => {
    const parts = walk(readWhole(sequence(integer(1), boolean(true), integer(2))));
    expect(parts.optional(TAG.boolean)).toBeUndefined();
    expect(readSmallInteger(parts.next(TAG.integer))).toBe(1);
    expect(parts.optional(TAG.boolean)?.content[0]).toBe(0xff);
    refuses(() => {
      parts.end();
    });
    expect(parts.rest()).toHaveLength(1);
    parts.next();
    parts.end();
    refuses(() => parts.next());
  });

  it('limits the number of elements', () => {
    const many = readWhole(sequence(...Array.from({ length: 5 }, () => boolean(true))));
    expect(children(many, 'DER', 5)).toHaveLength(5);
    refuses(() => children(many, 'DER', 4));
  });

  it('has no children in a primitive element', () => {
    refuses(() => children(readWhole(octetString(integer(1)))));
  });

  it('refuses a tag that does not belong', () => {
    refuses(() => readWhole(integer(1), TAG.sequence));
    refuses(() => walk(readWhole(sequence(integer(1)))).next(TAG.oid));
  });
});
