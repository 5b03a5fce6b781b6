// Reads the values of flags that have a notation of their own, such as `60/m` or `1/4`. Each throws
// an InvalidArgumentError that says what the flag takes.

import { InvalidArgumentError } from 'commander';
import { isRate, type RateLimit, readRateLimit } from '../../client/rate.js';
import type { Shard } from '../../contract/run/options.js';
import { aToken, isHost } from '../../files/options.js';
import { BACKFILLS, type Backfill, isBackfill } from '../../world/backfill.js';

export const runId = (value: string): string => {
  if (!/^[a-z\d]{1,32}$/.test(value))
    throw new InvalidArgumentError('It takes 1 to 32 lower-case letters and digits.');
  return value;
};

export function rateLimit(value: string): RateLimit {
  const limit = readRateLimit(value);
  if (limit === undefined)
    throw new InvalidArgumentError(
      'It takes a number a second, minute or hour, such as 60/m; or auto, or off.',
    );
  return limit;
}

export function rate(value: string): string {
  if (!isRate(value))
    throw new InvalidArgumentError('It takes a number a second, minute or hour, such as 60/m.');
  return value;
}

export function shard(value: string): Shard {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? []).map(Number);
  if (index < 1 || index > count)
    throw new InvalidArgumentError('It takes a part and the number of parts, such as 1/4.');
  return { index, count };
}

export function backfill(value: string): Backfill {
  if (!isBackfill(value)) throw new InvalidArgumentError(`It takes ${BACKFILLS}.`);
  return value;
}

/** `checkout-*=crowded`, by pattern. */
export function worldScenarios(value: string, before: Readonly<Record<string, string>> = {}) {
  const [, pattern, scenario] = /^([\w.*-]+)=(.+)$/.exec(value) ?? [];
  if (pattern === undefined || scenario === undefined)
    throw new InvalidArgumentError(
      'It takes names of worlds and a scenario, such as checkout-*=crowded.',
    );
  return { ...before, [pattern]: scenario };
}

export function reportFile(value: string, before: readonly string[] = []): readonly string[] {
  if (!/\.(?:json|xml)$/.test(value))
    throw new InvalidArgumentError('It takes a file that ends with .json or .xml.');
  return [...before, value];
}

/** `org_real=org_xyz789`, by the first. */
export function idPairs(value: string, before: Readonly<Record<string, string>> = {}) {
  const [, recorded, here] = /^([^=]+)=(.+)$/.exec(value) ?? [];
  if (recorded === undefined || here === undefined)
    throw new InvalidArgumentError('It takes two IDs, such as org_real=org_xyz789.');
  return { ...before, [recorded]: here };
}

export function origins(value: string, before: readonly string[] = []): readonly string[] {
  if (!URL.canParse(value) || !/^https?:/i.test(value))
    throw new InvalidArgumentError('It takes an address such as https://api.example.com.');
  return [...before, new URL(value).origin];
}

export const adminToken = (value: string): string => {
  if (!aToken.holds(value)) throw new InvalidArgumentError('It takes a text without blanks.');
  return value;
};

/** `a.test,b.test`: names or addresses, with or without a port. */
export function hostNames(value: string): readonly string[] {
  const names = value.split(',');
  if (names.every(isHost)) return names;
  throw new InvalidArgumentError('It takes names of hosts, such as a.test,b.test.');
}
