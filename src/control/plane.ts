// The control plane under `/__admin/`: answered by the same engine as the product, from a document
// of its own.

import type { Pages } from '../engine/answer.js';
import type { Answerer } from '../engine/answerer.js';
import { Engine } from '../engine/engine.js';
import { createJournal } from '../engine/journal.js';
import { EXPOSITION_TYPE } from '../metrics/exposition.js';
import type { Spec } from '../spec/document.js';
import { type PlainRequest, pathOf } from '../spec/message.js';
import type { Validators } from '../validation/validators.js';
import { DEFAULT_WORLD } from '../world/world-names.js';
import { type ConsoleFile, consolePage, isConsole } from './console-page.js';
import { Control, type ControlParts } from './control.js';
import { EventStreams } from './events.js';
import { Gate, type GateOptions } from './gate.js';
import { type MetricParts, metricsText } from './metrics.js';
import { replayedAfter } from './replay.js';
import type { Operator } from './rules/form.js';
import { controlRules } from './rules/rules.js';
import { findRequest } from './rules/why.js';

/** Its document, and what checks the messages of its operations. */
export interface ControlSpec {
  readonly spec: Spec<string>;
  readonly validators: Validators;
}

export interface ControlPlaneOptions
  extends GateOptions,
    Omit<ControlParts, 'versions'>,
    MetricParts {
  /** Read when the first request comes. */
  readonly document: () => ControlSpec;
  /** The document that is stood in for. */
  readonly product: Spec;
  readonly served: Pick<Spec<string>, 'operations'>;
  /** The text of the document that is served, which may be one of the user's own. */
  readonly shown: () => string;
  readonly bodyLimit: number;
  /** A file of the console by its name; absent where there is no console. */
  readonly consoleFile?: ((name: string) => ConsoleFile | undefined) | undefined;
}

/** What is said of no world is for the default one. */
const SHORTHAND = /^\/__admin\/(?=(?:faults|limits|verify)(?:[/?]|$))/;
const FAULTS = /^\/__admin\/worlds\/[^/?]+\/(?:faults|limits)(?=[/?]|$)/;

/** Whether a request is for the control plane. */
export const isControl = (target: string): boolean => /^\/__admin(?=[/?]|$)/.test(target);

export interface ControlPlane {
  readonly gate: Gate;
  /** Answers requests for the control plane itself, and lets the other answer all else. */
  beside(product: Answerer): Answerer;
  /** Ends what would never end by itself. */
  close(): void;
}

export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const gate = new Gate(options);
  const streams = new EventStreams(options.worlds);
  let engine: Answerer | undefined;
  const own = (): Answerer => {
    engine ??= streams.around(createEngine(options, gate));
    return engine;
  };
  const answer = (request: PlainRequest): ReturnType<Answerer['answer']> => {
    const target = request.target.replace(SHORTHAND, `/__admin/worlds/${DEFAULT_WORLD}/`);
    const whole = { ...request, target };
    return FAULTS.test(target)
      ? options.faults.load().then(() => own().answer(whole))
      : own().answer(whole);
  };
  return {
    gate,
    close: () => streams.close(),
    beside: (product) => ({
      bodyLimit: product.bodyLimit,
      answer: (request) =>
        isControl(request.target)
          ? replayedAfter(answer(request), { request, product, parts: options })
          : product.answer(request),
      answerUnreadable: (name, about) =>
        (isControl(about?.request?.target ?? '') ? own() : product).answerUnreadable(name, about),
    }),
  };
}

function createEngine(options: ControlPlaneOptions, gate: Gate): Answerer {
  const { spec, validators } = options.document();
  const { product, bodyLimit } = options;
  const versions = { understudy: spec.version, document: product.version };
  const state = new Control({ ...options, versions });
  // Requests that steer tests are none of theirs.
  const journal = createJournal({ capacity: 0 });
  const pages = [
    textOfWhy,
    textPage('/__admin/metrics', EXPOSITION_TYPE, (control) => metricsText(control, options)),
    textPage('/__admin/openapi.json', 'application/json', () => spec.text),
    // `/openapi.json` is the same, but its requests are those of the app.
    textPage('/__admin/product.json', 'application/json', options.shown),
  ];
  return new Engine<Control, Operator>({
    api: {
      spec,
      validators,
      rules: controlRules,
      identify: () => ({ caller: 'operator' }),
      nameOf: (caller) => caller,
      headersFor: () => ({ 'cache-control': 'no-store' }),
    },
    worlds: (request) => {
      // A browser opens a page without a token, and the page then asks for it.
      const problem = gate.problemOf(request, { isPage: isConsole(request.target) });
      return { name: DEFAULT_WORLD, state, journal, request, problem };
    },
    seed: 0,
    // What has been done is done, and told, whatever is wrong with the telling.
    selfCheck: 'report',
    bodyLimit,
    cors: false,
    pages: (request, control) => {
      for (const page of pages) {
        const answer = page(request, control);
        if (answer) return answer;
      }
      return consolePage(options.consoleFile, request);
    },
  });
}

const textPage =
  (path: string, type: string, text: (control: Control) => string): Pages<Control> =>
  (request, control) =>
    (request.method === 'GET' || request.method === 'HEAD') && pathOf(request) === path
      ? { status: 200, headers: { 'content-type': type }, body: text(control) }
      : undefined;

/** `…/why` as text, for those who ask for that. */
const textOfWhy: Pages<Control> = ({ method, target, headers }, control) => {
  const [, world, request = ''] =
    /^\/__admin\/(?:worlds\/([^/?]+)\/)?requests\/([^/?]+)\/why(?:\?|$)/.exec(target) ?? [];
  const isText = /^text\/plain\b/.test(headers.accept ?? '');
  if (!isText || request === '' || (method !== 'GET' && method !== 'HEAD')) return undefined;
  const { entry } = findRequest(control, { request, ...(world === undefined ? {} : { world }) });
  return (
    entry && {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: control.why.explain(entry).text,
    }
  );
};
