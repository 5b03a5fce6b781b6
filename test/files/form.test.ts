// Whatever a schema can find wrong with a file is told in words of its own.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import faults from '../../schemas/faults.json' with { type: 'json' };
import scenario from '../../schemas/scenario.json' with { type: 'json' };
import { inWords } from '../../src/files/form.js';

/** By keyword: a schema with it and nothing else, and a value that breaks it. */
const broken: Readonly<Record<string, readonly [schema: object, value: unknown]>> = {
  type: [{ type: 'string' }, 7],
  enum: [{ enum: ['a', 'b'] }, 'c'],
  required: [{ type: 'object', required: ['name'] }, {}],
  additionalProperties: [{ type: 'object', properties: {}, additionalProperties: false }, { x: 1 }],
  minLength: [{ type: 'string', minLength: 1 }, ''],
  maxLength: [{ type: 'string', maxLength: 1 }, 'ab'],
  minItems: [{ type: 'array', minItems: 1 }, []],
  minProperties: [{ type: 'object', minProperties: 1 }, {}],
  minimum: [{ type: 'integer', minimum: 1 }, 0],
  maximum: [{ type: 'integer', maximum: 1 }, 2],
  pattern: [{ type: 'string', pattern: '^a$' }, 'b'],
  format: [{ type: 'string', format: 'date-time' }, 'b'],
};

/** Those that say what a value may not be. */
function keywordsIn(schema: unknown, names = new Set<string>()): ReadonlySet<string> {
  if (typeof schema !== 'object' || schema === null) return names;
  for (const [key, value] of Object.entries(schema)) {
    if (
      /^(type|enum|required|additionalProperties|pattern|format|minimum|maximum|(min|max)[A-Z]\w*)$/.test(
        key,
      )
    )
      names.add(key);
    keywordsIn(value, names);
  }
  return names;
}

describe('what breaks a schema', () => {
  it.each(Object.entries(broken))('by %s is told in words', (keyword, [schema, value]) => {
    const ajv = new Ajv2020({ formats: { 'date-time': /^$/ }, strictRequired: false });
    const whole = { properties: { it: schema } };
    const validate = ajv.compile(whole);
    expect(validate({ it: value })).toBe(false);
    const [error] = validate.errors ?? [];
    expect(error?.keyword).toBe(keyword);
    const { what, fix } = inWords(whole, { it: value }, error as NonNullable<typeof error>);
    expect([what, fix].join(' ')).not.toMatch(/breaks|see the schema|undefined/);
    expect(fix).not.toBe('');
  });

  it.each([
    ['schemas/scenario.json', scenario],
    ['schemas/faults.json', faults],
  ])('has no keyword in %s without words', (_, schema) => {
    expect([...keywordsIn(schema)].filter((name) => !(name in broken))).toEqual([]);
  });
});
