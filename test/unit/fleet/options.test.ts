import { describe, expect, it } from 'vitest';
import { parseFleetCommand } from '../../../dev/fleet/options.js';

describe('the command line of the fleet', () => {
  it('has defaults for everything', () => {
    expect(parseFleetCommand([])).toEqual({
      devices: 1000,
      days: 400,
      thresholdPercent: 20,
      jitterPercent: 0,
      seed: 1,
      json: false,
      help: false,
    });
  });

  it('takes every option', () => {
    const args = '--devices 5 --days 30 --threshold 50 --jitter 10 --seed 9 --json'.split(' ');
    expect(parseFleetCommand(args)).toEqual({
      devices: 5,
      days: 30,
      thresholdPercent: 50,
      jitterPercent: 10,
      seed: 9,
      json: true,
      help: false,
    });
  });

  it.each([
    ['--devices', '0'],
    ['--devices', '100001'],
    ['--days', '3651'],
    ['--threshold', '100'],
    ['--jitter', '51'],
    ['--seed', '-1'],
    ['--days', '4.5'],
    ['--days', 'many'],
  ])('refuses %s %s, and names the range', (option, value) => {
    expect(() => parseFleetCommand([`${option}=${value}`])).toThrow(new RegExp(`^${option} wants`));
  });

  it('refuses what it does not know', () => {
    expect(() => parseFleetCommand(['--phones', '3'])).toThrow(/--phones/);
  });
});
