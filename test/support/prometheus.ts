// Reads Prometheus' text format by its grammar, and throws for what a scrape would stumble over.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details

export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: ReadSample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const VALUE = '[+-]?(?:\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|Inf)|NaN';
const LABEL = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\["\\\\n])*)"';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${LABEL},?)+)\\})? (${VALUE})$`);

export function readExposition(text: string): ReadonlyMap<string, ReadFamily> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, ReadFamily>();
  const lines = text.slice(0, -1).split('\n');
  let current: { readonly name: string; readonly family: ReadFamily } | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    const [, name, help] = new RegExp(`^# HELP (${NAME}) (.+)$`).exec(line) ?? [];
    if (name !== undefined && help !== undefined) {
      if (families.has(name)) throw new Error(`${name} comes twice.`);
      i += 1;
      const [, of, type] =
        /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(lines[i] ?? '') ?? [];
      if (of !== name || type === undefined) throw new Error(`${name} has no type.`);
      current = { name, family: { type, help, samples: [] } };
      families.set(name, current.family);
      continue;
    }
    const sample = readSample(line);
    const suffixes = current?.family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    if (!current || !suffixes.some((suffix) => sample.name === `${current?.name}${suffix}`))
      throw new Error(`${sample.name} does not belong to ${current?.name}.`);
    current.family.samples.push(sample);
  }
  for (const [name, family] of families) checkFamily(name, family);
  return families;
}

function readSample(line: string): ReadSample {
  const match = SAMPLE.exec(line);
  if (!match) throw new Error(`This is no sample: ${line}`);
  const pairs = [...(match[2] ?? '').matchAll(new RegExp(LABEL, 'g'))].map(
    ([, name = '', value = '']) =>
      [name, value.replace(/\\(.)/g, (_, one) => (one === 'n' ? '\n' : one))] as const,
  );
  const labels = Object.fromEntries(pairs);
  if (Object.keys(labels).length < pairs.length) throw new Error(`A label comes twice: ${line}`);
  return { name: match[1] as string, labels, value: numberOf(match.at(-1) as string) };
}

const numberOf = (text: string): number => Number(text.replace('Inf', 'Infinity'));

function checkFamily(name: string, { type, samples }: ReadFamily): void {
  const keys = samples.map((sample) => JSON.stringify([sample.name, sample.labels]));
  if (new Set(keys).size < keys.length) throw new Error(`${name} has a sample twice.`);
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`${name} is a counter.`);
  if (type === 'histogram') checkHistogram(name, samples);
}

/** Of each set of labels: buckets that grow, a last one for all, and its count. */
function checkHistogram(name: string, samples: readonly ReadSample[]): void {
  const groups = new Map<string, ReadSample[]>();
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [key, group] of groups) {
    const buckets = group.filter((one) => one.name.endsWith('_bucket'));
    const isSorted = buckets.every(
      (one, i) =>
        i === 0 ||
        (numberOf(one.labels.le ?? '') > numberOf(buckets[i - 1]?.labels.le ?? '') &&
          one.value >= (buckets[i - 1]?.value ?? 0)),
    );
    const last = buckets.at(-1);
    const count = group.find((one) => one.name.endsWith('_count'))?.value;
    const sum = group.find((one) => one.name.endsWith('_sum'))?.value;
    if (!isSorted || last?.labels.le !== '+Inf' || last.value !== count || sum === undefined)
      throw new Error(`${name} ${key} is no histogram.`);
  }
}
