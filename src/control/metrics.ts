// `/__admin/metrics`: what is counted, and how things are now, for Prometheus.
import { exposition, type Family } from '../metrics/exposition.js';
import { counter, type RequestTally } from '../metrics/tally.js';
import type { Control } from './control.js';

/** Of the process, where there is one. */
export interface ProcessUse {
  readonly rss: number;
  readonly heapTotal: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly cpuSeconds: number;
  readonly startedAt: number;
}

export interface MetricParts {
  readonly tally: RequestTally;
  readonly processUse?: (() => ProcessUse) | undefined;
}

export const metricsText = (control: Control, { tally, processUse }: MetricParts): string =>
  exposition([
    {
      name: 'understudy_build_info',
      type: 'gauge',
      help: 'The versions of the mock server, and of the document that it stands in for.',
      samples: [{ labels: { ...control.versions }, value: 1 }],
    },
    ...tally.families(control.product),
    ...familiesOfWorlds(control),
    ...(processUse ? familiesOfProcess(processUse()) : []),
  ]);

function familiesOfWorlds({ worlds }: Control): readonly Family[] {
  const { made, deleted, evicted, reset } = worlds.tally;
  const names = worlds.list().map(({ name }) => name);
  const journals = names.map((name) => worlds.watched(name));
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  return [
    gauge('understudy_worlds', 'Worlds that there are, the default one too.', names.length),
    counter('understudy_worlds_made_total', 'Worlds that were made beside the default one.', made),
    counter('understudy_worlds_deleted_total', 'Worlds that somebody has deleted.', deleted),
    counter(
      'understudy_worlds_evicted_total',
      'Worlds that went because there were too many.',
      evicted,
    ),
    counter('understudy_world_resets_total', 'Resets of worlds with requests.', reset),
    gauge(
      'understudy_journal_entries',
      'Requests that the journals of all worlds hold.',
      sum(journals.map(({ entries }) => entries.length)),
    ),
    gauge(
      'understudy_journal_bytes',
      'What they weigh, by the length of their texts.',
      sum(journals.map(({ weight }) => weight)),
    ),
  ];
}

/** Under the names that all clients of Prometheus use. */
const familiesOfProcess = (use: ProcessUse): readonly Family[] => [
  gauge('process_resident_memory_bytes', 'Memory of the process.', use.rss),
  gauge('nodejs_heap_size_total_bytes', 'Heap that V8 has taken.', use.heapTotal),
  gauge('nodejs_heap_size_used_bytes', 'Heap that is in use.', use.heapUsed),
  gauge('nodejs_external_memory_bytes', 'Memory of buffers and the like.', use.external),
  counter('process_cpu_seconds_total', 'Processor time that was used.', use.cpuSeconds),
  gauge('process_start_time_seconds', 'When the process started, since 1970.', use.startedAt),
];

const gauge = (name: string, help: string, value: number): Family => ({
  ...counter(name, help, value),
  type: 'gauge',
});
