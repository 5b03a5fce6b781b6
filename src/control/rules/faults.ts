// The faults of a world: what goes wrong in it on purpose, with counts.
import type { Verdict } from '../../decide/rule.js';
import type { WorldFaults } from '../../faults/book.js';
import type { Fault, RateLimitSettings } from '../../scenario/faults.js';
import type { Json } from '../../spec/message.js';
import { type ControlRules, type Request, rule, unknown_world } from './form.js';

const faultsOf = ({ world, path }: Request): WorldFaults =>
  world.faults.book.of(world.worlds.get(path.world));

const listed = (request: Request) => {
  const { clock } = request.world.worlds.get(request.path.world);
  return faultsOf(request).list(clock.now());
};

const named = (request: Request, name = request.path.name) =>
  listed(request).find((one) => one.name === name);

/** What is wrong with the faults of a request; a single one is looked at as a list of one. */
const problemsOf = (request: Request, given: object): readonly object[] =>
  request.world.worlds.has(request.path.world)
    ? request.world.faults.problemsOf(given, request.world.worlds.get(request.path.world))
    : [];

interface Looked {
  readonly problems: readonly object[];
}

const broken_faults = ({ problems }: Looked): Verdict =>
  problems.length === 0 || { details: { field: 'faults', problems: problems as unknown as Json } };

const unknown_fault = (request: Request): Verdict =>
  named(request) !== undefined || {
    details: {
      field: 'name',
      name: request.path.name as string,
      faults: listed(request).map(({ name }) => name),
    },
  };

const givenFault = ({ body }: Request): Fault => body as unknown as Fault;

const limitsOf = ({ world, path }: Request) => {
  const limits = world.faults.limitsOf(world.worlds.get(path.world));
  return { limits: limits?.status() ?? null };
};

export const faultRules: ControlRules = {
  getLimits: rule({
    guards: { unknown_world },
    accept: (request) => ['found', limitsOf(request)],
  }),

  setLimits: rule({
    guards: { unknown_world },
    accept: (request) => {
      const { world, path, body } = request;
      world.faults.setLimits(world.worlds.get(path.world), body as unknown as RateLimitSettings);
      return ['set', limitsOf(request)];
    },
  }),

  clearLimits: rule({
    guards: { unknown_world },
    accept: (request) => {
      const last = limitsOf(request);
      request.world.faults.setLimits(request.world.worlds.get(request.path.world), undefined);
      return ['cleared', last];
    },
  }),

  listFaults: rule({
    guards: { unknown_world },
    accept: (request) => ['listed', { faults: listed(request) }],
  }),

  replaceFaults: rule({
    read: (request) => ({ problems: problemsOf(request, request.body) }),
    guards: { unknown_world, broken_faults },
    accept: (request) => {
      faultsOf(request).replace(request.body.faults as unknown as Fault[]);
      return ['replaced', { faults: listed(request) }];
    },
  }),

  addFault: rule({
    read: (request) => ({ problems: problemsOf(request, { faults: [request.body] }) }),
    guards: {
      unknown_world,
      broken_faults,
      fault_exists: (request: Request) =>
        named(request, request.body.name) === undefined || {
          details: { field: 'name', name: request.body.name },
        },
    },
    accept: (request) => ['added', named(request, faultsOf(request).put(givenFault(request)))],
  }),

  clearFaults: rule({
    guards: { unknown_world },
    accept: (request) => {
      const last = listed(request);
      faultsOf(request).replace([]);
      return ['cleared', { faults: last }];
    },
  }),

  getFault: rule({
    guards: { unknown_world, unknown_fault },
    accept: (request) => ['found', named(request)],
  }),

  putFault: rule({
    read: (request) => {
      const fault = { ...givenFault(request), name: request.path.name };
      return { fault, problems: problemsOf(request, { faults: [fault] }) };
    },
    guards: { unknown_world, broken_faults },
    accept: (request) => ['put', named(request, faultsOf(request).put(request.fault as Fault))],
  }),

  deleteFault: rule({
    guards: { unknown_world, unknown_fault },
    accept: (request) => {
      const last = named(request);
      faultsOf(request).remove(request.path.name as string);
      return ['deleted', last];
    },
  }),
};
