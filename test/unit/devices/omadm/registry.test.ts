import { describe, expect, it } from 'vitest';
import { createProtection } from '../../../../dev/devices/omadm/protection.js';
import { createRegistry, dword, text } from '../../../../dev/devices/omadm/registry.js';

describe('the registry', () => {
  it('makes keys on the way, and does not mind case', () => {
    const registry = createRegistry();
    registry.write('HKLM\\Software\\A', 'Name', text('x'));
    registry.write('HKLM\\SOFTWARE\\B', 'Number', dword(-1));
    expect(registry.readText('hklm\\software\\a', 'NAME')).toBe('x');
    expect(registry.readNumber('HKLM\\SOFTWARE\\B', 'Number')).toBe(0xffffffff);
    expect(registry.subkeys('HKLM\\SOFTWARE')).toEqual(['A', 'B']);
    expect(registry.list('HKLM\\SOFTWARE').map(({ path }) => path)).toEqual([
      'HKLM\\Software',
      'HKLM\\Software\\A',
      'HKLM\\SOFTWARE\\B',
    ]);
  });

  it('deletes a key with what is below it, and nothing beside it', () => {
    const registry = createRegistry();
    registry.write('A\\B\\C', 'x', text('1'));
    registry.write('A\\Bee', 'x', text('2'));
    expect(registry.deleteKey('A\\B')).toBe(true);
    expect(registry.hasKey('A\\B\\C')).toBe(false);
    expect(registry.readText('A\\Bee', 'x')).toBe('2');
    expect(registry.deleteKey('A\\B')).toBe(false);
  });

  it('goes back to a snapshot', () => {
    const registry = createRegistry();
    registry.write('A', 'x', text('1'));
    const restore = registry.snapshot();
    registry.write('A', 'x', text('2'));
    registry.createKey('A\\B');
    registry.deleteValue('A', 'x');
    restore();
    expect(registry.list()).toEqual([{ path: 'A', values: { x: text('1') } }]);
  });
});

describe('protection', () => {
  it('stores UTF-16LE with its terminator, and opens on the same device alone', () => {
    const protection = createProtection();
    const blob = protection.protect('secret');
    // Nonce and tag around two octets for each character and for the terminator.
    expect(blob.length).toBe(12 + 14 + 16);
    expect(Buffer.from(blob).includes(Buffer.from('secret', 'utf16le'))).toBe(false);
    expect(protection.unprotect(blob)).toBe('secret');
    expect(createProtection().unprotect(blob)).toBeUndefined();
    const changed = Uint8Array.from(blob, (octet, index) => (index === 20 ? octet ^ 1 : octet));
    expect(protection.unprotect(changed)).toBeUndefined();
    expect(protection.unprotect(new Uint8Array(5))).toBeUndefined();
  });
});
