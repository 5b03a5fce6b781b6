// The shipped contracts, parsed by `npm run gen`: a YAML parser needs most of the time in which a
// command would begin to send.
import { createHash } from 'node:crypto';
import { readPackageFile } from '../../files/package.js';
import { type ParsedYaml, parseYaml } from '../../files/yaml.js';

interface Parsed {
  readonly sha256: string;
  readonly value: unknown;
  /** Line and column of each table, row, workflow and step, by JSON pointer. */
  readonly places: Readonly<Record<string, readonly [line: number, column: number]>>;
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
      const [line, column] = known.places[pointer] ?? [];
      if (line === undefined || column === undefined) return parsed().at(pointer, what, fix);
      return { file, line, column, what, fix };
    },
  };
}
