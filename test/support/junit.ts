// What the strict schema of Ant's JUnit reports asks for, in rules of our own: which attributes and
// children an element has, in
// which order, and what their values look like. https://github.com/windyroad/JUnit-Schema
import type { XmlElement } from './xml.js';

type Check = (value: string) => boolean;

const any: Check = () => true;
const word: Check = (value) => value.trim() !== '';
const count: Check = (value) => /^\d+$/.test(value);
const seconds: Check = (value) => /^\d+(\.\d+)?$/.test(value);
const moment: Check = (value) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(value) && !Number.isNaN(Date.parse(value));

interface Rule {
  readonly required: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
  /** The tags of the children, one after the other, with a space behind each. */
  readonly children: RegExp;
  /** It may hold text; blanks for layout may stand everywhere. */
  readonly text?: true;
}

const none = /^$/;
const rules: Readonly<Record<string, Rule>> = {
  testsuites: { required: {}, children: /^(testsuite )*$/ },
  testsuite: {
    required: {
      name: word,
      package: any,
      id: count,
      timestamp: moment,
      hostname: word,
      tests: count,
      failures: count,
      errors: count,
      time: seconds,
    },
    optional: { skipped: count },
    children: /^properties (testcase )*system-out system-err $/,
  },
  properties: { required: {}, children: /^(property )*$/ },
  property: { required: { name: word, value: any }, children: none },
  testcase: {
    required: { name: any, classname: any, time: seconds },
    children: /^((skipped|error|failure) )?$/,
  },
  // Of any form at all.
  skipped: { required: {}, optional: { message: any }, children: none, text: true },
  error: { required: { type: any }, optional: { message: any }, children: none, text: true },
  failure: { required: { type: any }, optional: { message: any }, children: none, text: true },
  'system-out': { required: {}, children: none, text: true },
  'system-err': { required: {}, children: none, text: true },
};

/** Everything that breaks the schema, and every count that is not that of what is there. */
export function faultsOfJunit(root: XmlElement): readonly string[] {
  return [
    ...(root.tag === 'testsuites' ? [] : [`the root is ${root.tag}`]),
    ...faultsOf(root),
    ...root.children.flatMap(counts),
  ];
}

function faultsOf({ tag, attributes, children, text }: XmlElement): readonly string[] {
  const rule = rules[tag];
  if (!rule) return [`${tag} is not known`];
  const checks = { ...rule.required, ...rule.optional };
  const tags = children.map((child) => `${child.tag} `).join('');
  return [
    ...Object.keys(rule.required).flatMap((name) =>
      name in attributes ? [] : [`${tag} has no ${name}`],
    ),
    ...Object.entries(attributes).flatMap(([name, value]) =>
      checks[name]?.(value) === true ? [] : [`${tag} has ${name}="${value}"`],
    ),
    ...(rule.children.test(tags) ? [] : [`${tag} has ${tags}`]),
    ...(rule.text || text.trim() === '' ? [] : [`${tag} has text`]),
    ...children.flatMap(faultsOf),
  ];
}

function counts({ attributes, children }: XmlElement, at: number): readonly string[] {
  const cases = children.filter(({ tag }) => tag === 'testcase');
  const of = (kind: string) => cases.filter((one) => one.children[0]?.tag === kind).length;
  const there = {
    id: at,
    tests: cases.length,
    failures: of('failure'),
    errors: of('error'),
    skipped: of('skipped'),
  };
  return Object.entries(there).flatMap(([name, number]) =>
    Number(attributes[name]) === number
      ? []
      : [`${attributes.name} says ${name} ${attributes[name]}, and it is ${number}`],
  );
}
