// Shape checks of bodies and query strings. The first fault found is the one reported, because
// the envelope has room for a single field.

/**
 * @typedef {object} Rule
 * @property {(value: any) => (string | null)} fault what is wrong, worded to follow the field name
 * @property {boolean} [required]
 * @property {boolean} [nullable]
 */

export const required = (rule) => ({ ...rule, required: true });
export const orNull = (rule) => ({ ...rule, nullable: true });

// Lengths count characters, not UTF-16 units.
export function text(min = 0, max = Infinity) {
  return {
    fault(value) {
      if (typeof value !== 'string') return 'must be a string';
      const length = [...value].length;
      if (length < min) return `must have at least ${min} character(s)`;
      return length > max ? `must have at most ${max} characters` : null;
    },
  };
}

export function oneOf(values) {
  return {
    fault: (value) => (values.includes(value) ? null : `must be one of ${setPrint(values)}`),
  };
}

export function textList() {
  return {
    fault: (value) =>
      Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? null
        : 'must be a list of strings',
  };
}

export function flag() {
  return { fault: (value) => (typeof value === 'boolean' ? null : 'must be true or false') };
}

export const isObject = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function metadata() {
  return { fault: metadataFault };
}

function metadataFault(value) {
  if (!isObject(value)) return 'must be an object';
  const pairs = Object.entries(value);
  if (pairs.length > 16) return 'must have at most 16 entries';
  if (pairs.some(([key]) => [...key].length > 64)) return 'keys must have at most 64 characters';
  const tooLong = ([, item]) => typeof item === 'string' && [...item].length > 512;
  return pairs.some(tooLong) ? 'values must have at most 512 characters' : null;
}

/** How Python prints a set of strings; no reader may rely on the order (K-C15). */
export function setPrint(values) {
  return `{${values.map((value) => `'${value}'`).join(', ')}}`;
}

/**
 * The known fields of the JSON body, checked. Unknown fields are dropped (S-C27), or refused where
 * the shape is closed (X1).
 * @param {import('./server.mjs').Context} context
 * @param {Record<string, Rule>} shape
 * @param {{ closed?: boolean }} [options]
 * @returns {Record<string, any>}
 */
export function checkBody(context, shape, { closed = false } = {}) {
  const body = parseBody(context);
  const unknown = Object.keys(body).find((field) => closed && !Object.hasOwn(shape, field));
  if (unknown !== undefined) throw context.invalid(unknown, 'extra fields are not permitted');
  /** @type {Record<string, any>} */
  const found = {};
  for (const [field, rule] of Object.entries(shape)) {
    if (!Object.hasOwn(body, field)) {
      if (rule.required) throw context.invalid(field, `${field} is required`);
      continue;
    }
    const value = body[field];
    const fault = value === null && rule.nullable ? null : rule.fault(value);
    if (fault) throw context.invalid(field, `${field} ${fault}`);
    found[field] = value;
  }
  return found;
}

// A body of no bytes counts as `{}`: it changes nothing on PATCH and lacks the fields on POST.
function parseBody(context) {
  if (context.rawBody.length === 0) return {};
  const type = context.contentType.split(';')[0].trim().toLowerCase();
  if (type !== '' && type !== 'application/json')
    throw context.invalid('body', 'body is not JSON by its Content-Type'); // X7
  let body;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(context.rawBody));
  } catch {
    throw context.invalid('body', 'body is not valid JSON');
  }
  if (!isObject(body)) throw context.invalid('body', 'body must be a JSON object');
  return body;
}

/** The last value wins when a parameter is repeated. @returns {string | null} */
export function queryText(context, name) {
  return context.query.getAll(name).at(-1) ?? null;
}

export function queryInteger(context, name, { min, max = Number.MAX_SAFE_INTEGER, fallback }) {
  const given = queryText(context, name);
  if (given === null) return fallback;
  const value = /^-?\d+$/.test(given) ? Number(given) : NaN;
  if (value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw context.invalid(name, `${name} must be a whole number ${range}`);
}

export function queryChoice(context, name, values, fallback) {
  const given = queryText(context, name) ?? fallback;
  if (values.includes(given)) return given;
  throw context.invalid(name, `${name} must be one of ${setPrint(values)}`);
}
