// The shipped contracts, parsed by `npm run gen`: a YAML parser needs most of the time in which a
// command would begin to send.
import { createHash } from 'node:crypto';
import { readPackageFile } from '../../files/package.js';
import { type ParsedYaml, parseYaml } from '../../files/yaml.js';

interface Parsed {
  readonly sha256: string;
  readonly value: unknown;
  /**
   * By the JSON pointer of a list of tables, rows, workflows or steps, two numbers for each item: by how
   * many lines it is below the one before, and its column.
   */
  readonly places: Readonly<Record<string, readonly number[]>>;
}

export interface ParsedContract extends ParsedYaml {
  /** The file has the bytes that the build has parsed, and checked against the document. */
  readonly isAsBuilt: boolean;
}

let shipped: readonly Parsed[] | undefined;

/** Like parseYaml; a file of other bytes than those shipped is parsed here and now. */
export function parseContract(text: string, file: string): ParsedContract {
  shipped ??= JSON.parse(readPackageFile('generated/contracts.json')) as Parsed[];
  const sha256 = createHash('sha256').update(text).digest('hex');
  const known = shipped.find((parsed) => parsed.sha256 === sha256);
  let whole: ParsedYaml | undefined;
  const parsed = (): ParsedYaml => {
    whole ??= parseYaml(text, file);
    return whole;
  };
  if (!known) return { ...parsed(), isAsBuilt: false };
  return {
    isAsBuilt: true,
    value: known.value,
    problems: [],
    isSound: () => true,
    at: (pointer, what, fix) => {
      const place = placeOf(pointer, known);
      return place ? { file, ...place, what, fix } : parsed().at(pointer, what, fix);
    },
  };
}

function placeOf(
  pointer: string,
  { places }: Parsed,
): { readonly line: number; readonly column: number } | undefined {
  const end = pointer.lastIndexOf('/');
  const numbers = places[pointer.slice(0, end)];
  const at = 2 * Number(pointer.slice(end + 1));
  const column = numbers?.[at + 1];
  if (numbers === undefined || column === undefined) return undefined;
  let line = 0;
  for (let i = 0; i <= at; i += 2) line += numbers[i] ?? 0;
  return { line, column };
}
