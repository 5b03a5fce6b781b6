// One way in which a message differs from the document, as data; whoever shows it makes the words.
import type { ErrorObject } from 'ajv';
import type { Json } from '../spec/message.js';
import { asWritten, pointerToken } from '../spec/pointer.js';

export interface Violation {
  /** Which part of the message: `path`, `query`, `body`, `header`, `status` or `relation`. */
  readonly in: string;
  /** JSON pointer into that part. */
  readonly pointer: string;
  /** The schema keyword, or the kind of relation. */
  readonly keyword: string;
  /** What the document asks for, in words or as the limit itself. */
  readonly expected: string;
  readonly got?: Json;
  /** The values of an `enum`. */
  readonly allowed?: readonly Json[];
}

/**
 * The field that a violation is about, as a client would write it: `metadata.color`, `items[0]`.
 */
export const fieldName = ({ pointer, in: part }: Violation): string => asWritten(pointer) ?? part;

export function fromAjv(part: string, errors: readonly ErrorObject[]): Violation[] {
  return errors.map(({ instancePath, keyword, params }) => {
    const added = (params.missingProperty ?? params.additionalProperty) as string | undefined;
    const allowed = params.allowedValues as Json[] | undefined;
    return {
      in: part,
      pointer: added === undefined ? instancePath : `${instancePath}/${pointerToken(added)}`,
      keyword,
      expected: expectation(keyword, params),
      ...(allowed ? { allowed } : {}),
    };
  });
}

function expectation(keyword: string, params: Record<string, unknown>): string {
  switch (keyword) {
    case 'type':
      return [params.type].flat().join(' or ');
    case 'required':
      return 'to be present';
    case 'additionalProperties':
      return 'no such field';
    case 'enum':
      return (params.allowedValues as unknown[]).join(', ');
    case 'const':
      return JSON.stringify(params.allowedValue);
    case 'pattern':
      return String(params.pattern);
    case 'format':
      return String(params.format);
    default:
      return String(params.limit ?? keyword);
  }
}
