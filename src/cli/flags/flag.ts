// The form of a flag, and a maker for each kind of value.
import { InvalidArgumentError } from 'commander';

/** `Value` is what the flag comes to; undefined is part of it where there is no default. */
export interface Flag<Value> {
  /** As help shows it, such as `--port <number>`. */
  readonly name: string;
  readonly help: string;
  readonly env?: string;
  readonly default?: Value;
  readonly choices?: readonly string[];
  /** Throws an InvalidArgumentError; `before` is the value of an earlier flag of the same name. */
  parse?(text: string, before?: Value): Value;
}

interface Extras<Value> {
  readonly env?: string;
  readonly default?: Value;
}

/** A flag with a default always has a value. */
type WithDefault<Value, Given extends Extras<Value>> = Given extends { readonly default: Value }
  ? Value
  : Value | undefined;

export const text = <const Given extends Extras<string>>(
  name: string,
  help: string,
  more: Given,
): Flag<WithDefault<string, Given>> =>
  ({ name, help, ...more }) as Flag<WithDefault<string, Given>>;

/** May be given more than once. */
export const several = (name: string, help: string): Flag<readonly string[] | undefined> => ({
  name,
  help,
  parse: (value, before = []) => [...before, value],
});

/** True where it is given. */
export const toggle = (name: string, help: string): Flag<boolean | undefined> => ({ name, help });

export const number = <
  const Given extends Extras<number> & { readonly low: number; readonly high: number },
>(
  name: string,
  help: string,
  { low, high, ...more }: Given,
): Flag<WithDefault<number, Given>> =>
  ({ name, help, parse: wholeNumber(low, high), ...more }) as unknown as Flag<
    WithDefault<number, Given>
  >;

export const choice = <
  const Choices extends readonly string[],
  const Given extends Extras<Choices[number]>,
>(
  name: string,
  help: string,
  choices: Choices,
  more: Given,
): Flag<WithDefault<Choices[number], Given>> =>
  ({ name, help, choices, ...more }) as unknown as Flag<WithDefault<Choices[number], Given>>;

export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high)
      throw new InvalidArgumentError(`It takes a whole number from ${low} to ${high}.`);
    return value;
  };
}
