// Options of a function: an unknown name or a wrong type is an error, with what to write instead.
import { nearest } from './nearest.js';

export interface OptionRule {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

export const aText: OptionRule = {
  expected: 'a string',
  holds: (value) => typeof value === 'string',
};
export const aBoolean: OptionRule = {
  expected: 'true or false',
  holds: (value) => typeof value === 'boolean',
};
export const aFunction: OptionRule = {
  expected: 'a function',
  holds: (value) => typeof value === 'function',
};
export const anObject: OptionRule = {
  expected: 'an object',
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};
export const aList: OptionRule = { expected: 'a list', holds: Array.isArray };
export const aTextOrObject: OptionRule = {
  expected: 'a string or an object',
  holds: (value) => aText.holds(value) || anObject.holds(value),
};
export const aToken: OptionRule = {
  expected: 'a string without blanks',
  holds: (value) => typeof value === 'string' && /^[!-~]+$/.test(value),
};
/** Node takes an empty one for all addresses of the machine. */
export const aHost: OptionRule = {
  ...aToken,
  expected: 'a name or an address of a host, such as 127.0.0.1',
};
/** A name or an address of a host, with or without a port. */
export const isHost = (text: unknown): text is string =>
  typeof text === 'string' && /^[\w.:[\]-]+$/.test(text) && URL.canParse(`http://${text}`);

export const listOfHosts: OptionRule = {
  expected: 'a list of names of hosts, such as a.test',
  holds: (value) => Array.isArray(value) && value.every(isHost),
};
export const oneOf = (...words: readonly string[]): OptionRule => ({
  expected: words.map((word) => `'${word}'`).join(' or '),
  holds: (value) => typeof value === 'string' && words.includes(value),
});
export const wholeNumber = (low: number, high = Number.MAX_SAFE_INTEGER): OptionRule => ({
  expected:
    high === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${low} on`
      : `a whole number from ${low} to ${high}`,
  holds: (value) =>
    Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high,
});

/**
 * Throws a TypeError that names every fault at once. An option that is undefined is as good as
 * absent.
 */
export function checkOptions(
  what: string,
  options: unknown,
  rules: Readonly<Record<string, OptionRule>>,
): void {
  if (!anObject.holds(options))
    throw new TypeError(`${what} takes an object of options, not ${show(options)}.`);
  const names = Object.keys(rules);
  const faults = Object.entries(options as object).flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule && (value === undefined || rule.holds(value))) return [];
    if (rule) return [`${what}: ${name} must be ${rule.expected}, not ${show(value)}.`];
    const close = nearest(name, names);
    return [
      `${what} has no option ${show(name)}.${close ? ` Did you mean ${close}?` : ''} It takes ${names.join(', ')}.`,
    ];
  });
  if (faults.length > 0) throw new TypeError(faults.join('\n'));
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`;
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
