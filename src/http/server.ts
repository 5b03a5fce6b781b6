// The mock server with what only Node has: its data from files, a document of the user's own,
// Express and ports.
import type { Express } from 'express';
import type { ProcessUse } from '../control/metrics.js';
import { isControl } from '../control/plane.js';
import type { Answerer } from '../engine/answerer.js';
import { Engine } from '../engine/engine.js';
import type { Interceptor } from '../engine/interceptor.js';
import { aText, checkOptions, type OptionRule, wholeNumber } from '../files/options.js';
import { DocumentError } from '../files/problem.js';
import { stringifyYaml } from '../files/yaml.js';
import type { Caller } from '../rules/callers.js';
import type { ScenarioSource } from '../scenario/generator.js';
import { readGiven, shippedScenarios } from '../scenario/read.js';
import { shippedCases } from '../shipped/atlas.js';
import { readConsole } from '../shipped/console.js';
import { loadControl } from '../shipped/control.js';
import { loadSpec } from '../shipped/document.js';
import { faultsForm } from '../shipped/scenarios.js';
import { shippedValidators } from '../shipped/validators.js';
import type { Spec } from '../spec/document.js';
import { aroundEngine, withoutEngine } from '../user-document/answerers.js';
import {
  type DocumentSummary,
  loadOtherDocument,
  type OtherDocument,
} from '../user-document/user-document.js';
import type { World } from '../world/world.js';
import { Ahead } from './ahead.js';
import { createExpressApp, createExpressServer } from './express-shell.js';
import {
  type CloseOptions,
  checkListenOptions,
  DEFAULT_HOST,
  type Listening,
  type ListenOptions,
  listen,
} from './listen.js';
import {
  createMockServer,
  type MockServer,
  type OwnDocument,
  type Reloading,
} from './mock-server.js';
import { type MockServerOptions, mockServerOptions } from './mock-server-options.js';
import { zlibCodings } from './zlib.js';

export interface ServerOptions extends MockServerOptions {
  /**
   * A shipped scenario's name, the path of a file, or a scenario itself; `default` is the world of
   * the vendor's documentation.
   */
  readonly scenario?: string | ScenarioSource;
  /**
   * An OpenAPI file served in place of ours: operations of ours keep their rules, Prism answers all
   * others.
   */
  readonly spec?: string;
}

/** A mock server in this process that can open ports. */
export interface Server extends MockServer {
  /** The Express application, for supertest or to mount. */
  readonly app: Express;
  /** The document of `options.spec`. */
  readonly document?: DocumentSummary;
  /** Opens a port, 4010 on 127.0.0.1 unless told otherwise. Throws a ListenError. */
  listen(options?: ListenOptions): Promise<Listening>;
  /** Closes every port that was opened. */
  close(options?: CloseOptions): Promise<void>;
}

export interface ReloadingServer extends Server {
  readonly reloading: Omit<Reloading, 'document'> & {
    /** Throws a DocumentError; `use` puts the document in place. */
    document(file: string): { readonly text: string; use(): void };
  };
}

export const serverOptions: Record<keyof ServerOptions, OptionRule> = {
  ...mockServerOptions,
  spec: aText,
};

/**
 * Throws a ScenarioError or a DocumentError that lists every problem of the file, or a
 * MissingPrism.
 */
export function createServer(
  options: ServerOptions = {},
  interceptors: readonly Interceptor<World, Caller>[] = [],
): ReloadingServer {
  const spec = loadSpec();
  const other = options.spec === undefined ? undefined : loadOtherDocument(options.spec, spec);
  if (other && options.admin !== false) refuseClash(other);
  const ahead = new Ahead();
  const { answerer, control, loaded, reloading, ...mockServer } = createMockServer(options, {
    spec,
    validators: shippedValidators,
    readScenario: readGiven,
    onLoad: (world) => ahead.add(world),
    faultsForm,
    codings: zlibCodings,
    toYaml: stringifyYaml,
    interceptors,
    document: other && served(other, spec),
    control: loadControl,
    scenarios: shippedScenarios,
    recordedCases: shippedCases,
    consoleFile: readConsole,
    processUse,
  });
  return {
    ...mockServer,
    ...portsOf(answerer, {
      opening: async (host) => {
        await loaded();
        return control?.gate.opened(host);
      },
      opened: () => ahead.begin(mockServer.worlds.starts),
      closing: () => {
        ahead.end();
        control?.close();
      },
    }),
    ...(other ? { document: other.summary } : {}),
    reloading: {
      ...reloading,
      document: (file) => {
        const next = loadOtherDocument(file, spec);
        if (options.admin !== false) refuseClash(next);
        return { text: next.text, use: reloading.document(served(next, spec)) };
      },
    },
  };
}

/** Where the control plane is, the document can have no paths. */
function refuseClash(document: OtherDocument): void {
  const problems = document.clashes(
    isControl,
    "is below /__admin, where Understudy's own control plane is",
    'take the control plane off with --no-admin (admin: false), or give the path another name',
  );
  if (problems.length > 0) throw new DocumentError(problems);
}

/** What else happens when ports are opened and closed. */
interface AroundPorts {
  /** Gives the token that was made for a host. */
  opening(host: string): Promise<string | undefined>;
  opened(): void;
  closing(): void;
}

function portsOf(
  answerer: Answerer,
  { opening, opened, closing }: AroundPorts,
): Pick<Server, 'app' | 'listen' | 'close'> {
  const app = createExpressApp(answerer);
  const open = new Set<Listening>();
  return {
    app,
    listen: async (where = {}) => {
      checkListenOptions(where);
      const adminToken = await opening(where.host ?? DEFAULT_HOST);
      const listening = await listen(createExpressServer(app, answerer, where.timeouts), where);
      open.add(listening);
      opened();
      return adminToken === undefined ? listening : { ...listening, adminToken };
    },
    close: async (options = {}) => {
      checkOptions('close', options, { graceMs: wholeNumber(0) });
      closing();
      await Promise.all([...open].map((listening) => listening.close(options)));
      open.clear();
    },
  };
}

function processUse(): ProcessUse {
  const { user, system } = process.cpuUsage();
  const startedAt = Date.now() / 1000 - process.uptime();
  return { ...process.memoryUsage(), cpuSeconds: (user + system) / 1e6, startedAt };
}

/** Around the engine, or in its place where the document has no operation of ours. */
const served = (document: OtherDocument, spec: Spec): OwnDocument => ({
  get text() {
    return document.text;
  },
  isOurs: document.isOurs,
  operations: document.operations,
  answererFor: (options) => {
    const around = { ...options, spec, document };
    return document.isOurs
      ? aroundEngine(new Engine({ ...options, operations: document.own }), around)
      : withoutEngine(around);
  },
});
