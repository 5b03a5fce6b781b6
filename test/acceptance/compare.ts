// Compares an answer with a sample field by field. A volatile field is held to its form, every
// other one to its value.
import { isJsonObject, type Json } from '../../src/spec/message.js';

const forms = {
  /** ISO 8601, whole seconds, `Z`. */
  time: (text: string) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text)),
  /** `abc-123-def`: words of small letters and digits, joined. */
  trace: (text: string) => /^[a-z0-9]+([-_][a-z0-9]+)+$/.test(text),
  vector_store_id: (text: string) => /^vs_[a-z0-9]+$/.test(text),
} satisfies Record<string, (text: string) => boolean>;

export type Form = keyof typeof forms;

export function hasForm(form: Form, value: Json | undefined): boolean {
  return typeof value === 'string' && forms[form](value);
}

/**
 * The answer, with the sample's own value wherever a volatile field has its form in both. What is
 * left of the difference between the two is what must not be there.
 */
export function settle(
  got: Json,
  sample: Json | undefined,
  formAt: (pointer: string) => Form | undefined,
  pointer = '',
): Json {
  const form = formAt(pointer);
  if (form && sample !== undefined && hasForm(form, got) && hasForm(form, sample)) return sample;
  if (Array.isArray(got)) {
    return got.map((item: Json, i) =>
      settle(item, Array.isArray(sample) ? sample[i] : undefined, formAt, `${pointer}/${i}`),
    );
  }
  if (!isJsonObject(got)) return got;
  const fields = Object.entries(got).map(([name, value]) => [
    name,
    settle(value, isJsonObject(sample) ? sample[name] : undefined, formAt, `${pointer}/${name}`),
  ]);
  return Object.fromEntries(fields) as Json;
}

/**
 * A text in which two values differ exactly when a field, its value or the order of the fields
 * does.
 */
export const inLines = (value: Json): string => JSON.stringify(value, null, 2);
