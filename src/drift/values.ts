// Values for planted drifts: every object of a body changed, another value of the same kind, a value of
// another kind.
import type { Field, JsonType } from '../spec/fields.js';
import { isJsonObject, type Json, type JsonObject } from '../spec/message.js';

/** Changes every object of a body, the innermost first. */
export function changeObjects(value: Json, change: (object: JsonObject) => Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => changeObjects(item, change));
  if (!isJsonObject(value)) return value;
  return change(
    Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, changeObjects(item, change)]),
    ),
  );
}

/** Changes every text of a body that fits. */
export function changeTexts(value: Json, change: (text: string) => Json): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item: Json) => changeTexts(item, change));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, changeTexts(item, change)]),
  );
}

export const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text);

const samples: Readonly<Record<JsonType, Json>> = {
  null: null,
  boolean: true,
  integer: 1,
  number: 1,
  string: 'other',
  array: ['other'],
  object: { other: true },
};

/** Another value that the field's schema allows, so that only what the value says is wrong. */
export function otherValue(value: Json, field?: Pick<Field, 'types' | 'values' | 'format'>): Json {
  const listed = field?.values?.find((other) => JSON.stringify(other) !== JSON.stringify(value));
  if (listed !== undefined) return listed;
  if (value === null) {
    const type = field?.types.find((type) => type !== 'null') ?? 'string';
    return field?.format === 'date-time' ? '2020-01-01T00:00:00Z' : samples[type];
  }
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value > 0 ? value - 1 : value + 1;
  if (typeof value === 'string') return isTime(value) ? shifted(value, 3600) : otherText(value);
  if (Array.isArray(value))
    return [...value, value.length > 0 && isJsonObject(value[0]) ? value[0] : 'other'];
  return { ...value, other: true };
}

/** As long as it was, so that no bound is in the way. */
const otherText = (text: string): string => `${text.slice(0, -1)}${text.endsWith('x') ? 'y' : 'x'}`;

/** A time moved by seconds, written as it was. */
export const shifted = (time: string, seconds: number): string =>
  `${new Date(Date.parse(time) + seconds * 1000).toISOString().slice(0, 19)}Z`;

/** The value as a type that the field does not have. */
export function retyped(value: Json, types: readonly JsonType[]): Json {
  if (!types.includes('string'))
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  return typeof value === 'string' ? value.length : 0;
}
