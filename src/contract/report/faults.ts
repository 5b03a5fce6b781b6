// The numbers that a finding has in the fault list of Web Fuzzing Commons, so that what the kit
// finds can be compared with what other tools find. docs/faults.md goes through the whole list.
import type { FindingCode } from '../judge/deviation.js';
import type { Finding } from '../run/finding.js';

/** Where the numbers come from. */
export const FAULT_LIST = {
  name: 'WFC faults',
  version: '0.9.0',
  informationUri: 'https://github.com/WebFuzzing/Commons',
} as const;

/** What of a finding decides. */
interface Facts {
  readonly pointer: string;
  readonly caller: string;
  readonly method: string;
  /** The request had none. */
  readonly isBodiless: boolean;
  /** The first status that was expected; 0 where none was. */
  readonly expected: number;
  /** The status that came, or 0. */
  readonly got: number;
  /** What was read after a write, and what write that was. */
  readonly lookedAfter: string | undefined;
  readonly body: string;
  readonly isTimeout: boolean;
}

interface Rule {
  readonly fault: number;
  readonly codes: readonly FindingCode[];
  readonly fits?: (facts: Facts) => boolean;
}

const isWrite = ({ method }: Facts): boolean => method !== 'GET' && method !== 'HEAD';
const isAccepted = ({ got }: Facts): boolean => got >= 200 && got < 300;
const otherCase = ['CASE_WRONG', 'STATUS_UNDOCUMENTED'] as const;

/** As a runtime prints one: a line that names a place in a source file. */
const STACK_TRACE =
  /Traceback \(most recent call last\)|^\s*at .+[(:].*:\d+|(\\n|\n)\s+at .+:\d+|\.java:\d+\)|File \\?"[^"]+\\?", line \d+/m;

export const faultRules: readonly Rule[] = [
  { fault: 100, codes: ['SERVER_ERROR'], fits: ({ got }) => got === 500 },
  { fault: 101, codes: ['SERVER_ERROR', ...otherCase], fits: ({ got }) => got > 599 },
  ...(['DELETE', 'GET', 'PATCH'] as const).map(
    (method, i): Rule => ({
      fault: 102 + i,
      codes: otherCase,
      fits: (facts) => facts.got === 201 && facts.method === method,
    }),
  ),
  { fault: 105, codes: ['BODY_UNEXPECTED'], fits: ({ got }) => got === 204 },
  { fault: 106, codes: otherCase, fits: ({ got, isBodiless }) => got === 413 && isBodiless },
  { fault: 107, codes: otherCase, fits: ({ got, isBodiless }) => got === 415 && isBodiless },
  { fault: 108, codes: otherCase, fits: (facts) => facts.got === 304 && isWrite(facts) },
  {
    fault: 110,
    codes: ['HEADER_MISSING'],
    fits: ({ got, pointer }) => got === 405 && pointer === '/allow',
  },
  {
    fault: 113,
    codes: ['STATE_WRONG'],
    fits: ({ lookedAfter, got }) => lookedAfter === 'DELETE' && got < 300,
  },
  {
    fault: 114,
    codes: ['REFUSAL_CHANGED_STATE'],
    fits: ({ lookedAfter }) => lookedAfter === 'PUT' || lookedAfter === 'PATCH',
  },
  {
    fault: 121,
    codes: ['SERVER_ERROR'],
    fits: ({ got }) => got > 501 && got < 600,
  },
  {
    fault: 122,
    codes: ['STATE_WRONG'],
    fits: ({ lookedAfter, got }) => lookedAfter === 'POST' && got === 404,
  },
  {
    fault: 200,
    codes: [
      'SCHEMA_BROKEN',
      'MEDIA_TYPE_WRONG',
      'BODY_UNREADABLE',
      'BODY_UNEXPECTED',
      'HEADER_MISSING',
      'STATUS_UNDOCUMENTED',
    ],
    fits: ({ got }) => got !== 405,
  },
  { fault: 201, codes: ['RELATION_BROKEN'], fits: ({ pointer }) => pointer === '/allow' },
  { fault: 204, codes: otherCase, fits: ({ got }) => got === 406 },
  { fault: 205, codes: ['SERVER_ERROR'], fits: ({ got }) => got === 501 },
  {
    fault: 206,
    codes: ['CASE_WRONG'],
    fits: (facts) => [400, 422].includes(facts.expected) && isAccepted(facts),
  },
  {
    fault: 207,
    codes: ['CASE_WRONG'],
    fits: ({ expected, got }) => expected < 300 && expected > 0 && [400, 422].includes(got),
  },
  {
    fault: 304,
    codes: ['CASE_WRONG'],
    fits: ({ expected, got }) =>
      (expected === 403 && got === 404) || (expected === 404 && got === 403),
  },
  {
    fault: 305,
    codes: otherCase,
    fits: ({ expected, got }) => got === 401 && expected !== 401,
  },
  {
    fault: 306,
    codes: ['CASE_WRONG'],
    fits: (facts) => [403, 404].includes(facts.expected) && isAccepted(facts) && isWrite(facts),
  },
  {
    fault: 307,
    codes: ['CASE_WRONG'],
    fits: (facts) => facts.caller === 'none' && isAccepted(facts) && !isWrite(facts),
  },
  {
    fault: 308,
    codes: ['CASE_WRONG'],
    fits: (facts) => facts.caller === 'none' && isAccepted(facts) && isWrite(facts),
  },
  {
    fault: 309,
    codes: ['SERVER_ERROR', 'BODY_UNREADABLE', 'SCHEMA_BROKEN', 'FIELD_UNDOCUMENTED', ...otherCase],
    fits: ({ body, got }) => got >= 400 && STACK_TRACE.test(body),
  },
  {
    fault: 310,
    codes: ['CASE_WRONG'],
    fits: (facts) => facts.expected === 405 && isAccepted(facts),
  },
  {
    fault: 311,
    codes: ['CASE_WRONG'],
    fits: (facts) => facts.expected === 401 && isAccepted(facts),
  },
  { fault: 312, codes: ['ANSWER_MISSING'], fits: ({ isTimeout }) => isTimeout },
];

/** Empty where nothing in the list is like it. */
export function faultsOf(finding: Finding): readonly number[] {
  const facts = factsOf(finding);
  return faultRules
    .filter(({ codes, fits = () => true }) => codes.includes(finding.code) && fits(facts))
    .map(({ fault }) => fault);
}

function factsOf({ calls, pointer, expected, got, code, rowOperation }: Finding): Facts {
  const last = calls.at(-1);
  // A look reads what the last write has left.
  const isLook = code === 'STATE_WRONG' || code === 'REFUSAL_CHANGED_STATE';
  const written = isLook
    ? calls.findLast(
        ({ operation, request }) => operation === rowOperation && request.method !== 'GET',
      )
    : undefined;
  return {
    pointer,
    caller: last?.caller ?? '',
    method: last?.request.method ?? '',
    isBodiless: (last?.request.body.length ?? 0) === 0,
    expected: statusIn(expected),
    got: last?.response?.status ?? statusIn(got),
    lookedAfter: written?.request.method,
    body: last?.response?.body ?? '',
    isTimeout: last?.error?.kind === 'timeout',
  };
}

/** `404 space_not_found`, also after `afterwards, `. */
const statusIn = (text: string): number =>
  Number(/^(?:afterwards, )?(\d{3})\b/.exec(text)?.[1] ?? 0);
