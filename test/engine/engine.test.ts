// The engine on its own, with an API that has nothing to do with the one that is stood in for.
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/engine/delivery.js';
import { Engine, type EngineOptions } from '../../src/engine/engine.js';
import { onlyWorld } from '../../src/engine/exchange.js';
import type { Interceptor } from '../../src/engine/interceptor.js';
import { createJournal, type Journal } from '../../src/engine/journal.js';
import { createLamps, type Lamps, type LampsApi, lampsApi } from '../support/lamps.js';

type Keeper = Parameters<LampsApi['nameOf']>[0];
type Options = EngineOptions<Lamps, Keeper>;

const api = lampsApi();

function lampsEngine(
  interceptors: readonly Interceptor<Lamps, Keeper>[] = [],
  { journal = createJournal(), ...options }: Partial<Options> & { journal?: Journal } = {},
) {
  const state = createLamps();
  const engine = new Engine({
    api,
    worlds: onlyWorld(state, journal),
    seed: 1,
    selfCheck: 'strict',
    bodyLimit: 1000,
    interceptors,
    ...options,
  });
  /** Posts a lamp, as the keeper Ada unless told otherwise. */
  const post = (
    body: unknown,
    headers: Record<string, string> = { keeper: 'ada' },
    target = '/lamps',
  ) => {
    const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
    return shown(engine.answer({ method: 'POST', target, headers, body: bytes }));
  };
  return { engine, state, journal, post };
}

function shown({ response: { status, headers, body }, ...rest }: Delivery) {
  return {
    status,
    case: headers['x-understudy-case'],
    headers,
    body: JSON.parse(String(body)),
    ...rest,
  };
}

describe('an API with a document, rules and callers of its own', () => {
  it('is answered from its rules and its examples, and written down', () => {
    const { post, state, journal } = lampsEngine();
    expect(post({ id: 'a' })).toMatchObject({
      status: 201,
      case: 'addLamp.added',
      body: { id: 'a', lit: false },
    });
    expect(post({ id: 'a' })).toMatchObject({
      status: 409,
      body: { error: { code: 'EXISTS', details: { id: 'a' } } },
    });
    expect([...state.lamps.keys()]).toEqual(['a']);
    expect(journal.entries.map((entry) => [entry.operation, entry.case, entry.user_id])).toEqual([
      ['addLamp', 'added', 'ada'],
      ['addLamp', 'exists', 'ada'],
    ]);
  });

  it('has its own headers, and none of the vendor', () => {
    const { headers } = lampsEngine().post({ id: 'a' });
    expect(headers).toMatchObject({ 'lamps-version': '1', 'lamps-keeper': 'ada' });
    expect(Object.keys(headers).filter((name) => /freddy|aitronos|request-id/.test(name))).toEqual(
      [],
    );
    expect(headers['access-control-expose-headers']).toContain('lamps-keeper');
  });

  it('has its own words for a request that is malformed or reaches nothing', () => {
    const { post } = lampsEngine();
    const { error } = post({ id: '' }).body;
    expect(error).toEqual({
      code: 'MALFORMED',
      details: { field: 'id', message: 'id is too short' },
    });
    expect(post({}, {}, '/lampz')).toMatchObject({ status: 404, body: { nothing: 'here' } });
  });

  it('is held to its own document: a wrong answer is stopped, and what it wrote is taken back', () => {
    const { post, state } = lampsEngine();
    const { status, body } = post({ id: 'broken' });
    expect([status, body.error.code]).toEqual([500, 'SELF_CHECK']);
    expect(body.error.details.breaches).toMatchObject([{ pointer: '/lit', keyword: 'type' }]);
    expect(state.lamps.size).toBe(0);
  });

  it('answers with its own 500 when a rule throws, and has written nothing', () => {
    const { post, state } = lampsEngine();
    expect(post({ id: 'fragile' }).body.error).toEqual({
      code: 'FAILED',
      details: { problem: 'Error: it fell' },
    });
    expect(state.lamps.size).toBe(0);
  });

  it('cannot be started without a rule for an operation, or without a case that every document needs', () => {
    const without = (change: Partial<LampsApi>) => () =>
      lampsEngine([], { api: { ...api, ...change } });
    expect(without({ rules: {} })).toThrow('No rule answers addLamp');
    expect(without({ spec: { ...api.spec, unrouted: new Map() } })).toThrow(
      'unknown_path, method_not_allowed',
    );
  });
});

describe('the order of a request', () => {
  const malformed = '{"id"';

  it('is world, operation, caller, limit, forced case, form, rule', () => {
    const asked: string[] = [];
    const limit: Interceptor<Lamps, Keeper> = {
      kind: 'limit',
      name: 'one at a time',
      admit: ({ arrival }) => {
        asked.push('limit');
        return arrival.request.headers.busy ? { kind: 'refusal', case: 'busy' } : undefined;
      },
    };
    const watched: LampsApi = {
      ...api,
      identify: (world, headers) => {
        asked.push('caller');
        return api.identify(world, headers);
      },
      validators: (name) => {
        asked.push(name);
        return api.validators(name);
      },
    };
    const { engine, state, journal } = lampsEngine();
    const worlds: Options['worlds'] = (request) => {
      asked.push('world');
      const target = request.target.replace('/worlds/first', '');
      return { name: 'first', state, journal, request: { ...request, target } };
    };
    const post = lampsEngine([limit], { api: watched, worlds }).post;
    const told = (...call: Parameters<typeof post>) => {
      asked.length = 0;
      return [post(...call).case, asked.join(' ')];
    };
    const path = '/worlds/first/lamps';
    const everything = { keeper: 'ada', busy: 'yes', prefer: 'example=exists' };
    expect(engine).toBeInstanceOf(Engine);
    // Each request has what the next one lacks, and is answered for the first thing that is wrong
    // with it.
    expect(told(malformed, {}, '/worlds/first/lampz')).toEqual(['unknown_path', 'world']);
    expect(told(malformed, { busy: 'yes', prefer: 'example=exists' }, path)).toEqual([
      'addLamp.keeper_unknown',
      'world caller closed_Problem',
    ]);
    expect(told(malformed, everything, path)).toEqual([
      'addLamp.busy',
      'world caller limit closed_Problem',
    ]);
    expect(told(malformed, { ...everything, busy: '' }, path)).toEqual([
      'addLamp.exists',
      'world caller limit closed_Problem',
    ]);
    expect(told(malformed, { keeper: 'ada' }, path)).toEqual([
      'addLamp.malformed',
      'world caller limit closed_Problem',
    ]);
    expect(told({ id: 'a' }, { keeper: 'ada' }, path)).toEqual([
      'addLamp.added',
      'world caller limit open_NewLamp closed_Lamp',
    ]);
    expect(told({ id: 'a' }, { keeper: 'ada' }, path)).toEqual([
      'addLamp.exists',
      'world caller limit open_NewLamp closed_Problem',
    ]);
  });

  it('knows the caller before anybody looks at the body', () => {
    const { engine, journal } = lampsEngine([], { journal: createJournal({ bodyLimit: 0 }) });
    const body = new Proxy(new Uint8Array(2), {
      get: (bytes, key) => {
        if (key === 'length') return bytes.length;
        throw new Error('somebody has looked');
      },
    });
    const { response } = engine.answer({ method: 'POST', target: '/lamps', headers: {}, body });
    expect([response.status, journal.entries[0]?.problem]).toEqual([401, undefined]);
  });
});

describe('interceptors', () => {
  const drift = (
    name: string,
    hooks: Partial<Interceptor<Lamps, Keeper>>,
  ): Interceptor<Lamps, Keeper> => ({
    kind: 'drift',
    name,
    ...hooks,
  });

  it('wrap the answer in the order of the list, the first one next to the rule', () => {
    const wrapping = (name: string) =>
      drift(name, {
        decide: (next, call) => {
          const { outcome, ...decision } = next(call);
          const id = (outcome.kind === 'answer' ? (outcome.body as { id: string }).id : '') + name;
          return {
            ...decision,
            outcome: { kind: 'answer', case: 'added', body: { id, lit: false } },
            by: { kind: 'drift', name },
          };
        },
        deliver: ({ response, ...rest }) => ({
          ...rest,
          response: {
            ...response,
            headers: { ...response.headers, by: `${response.headers.by ?? ''}${name}` },
          },
        }),
      });
    const { post, journal } = lampsEngine([wrapping('1'), wrapping('2')]);
    const { body, headers } = post({ id: 'a' });
    expect([body.id, headers.by]).toEqual(['a12', '12']);
    expect(journal.entries[0]?.drift).toBe('2, 1');
  });

  it('leave out a guard, wherever they stand in the list', () => {
    const passing = drift('passing', { decide: (next, call) => next(call) });
    const careless = drift('careless', {
      decide: (next, call) => next(call, { without: 'exists' }),
    });
    for (const list of [[careless], [passing, careless], [careless, passing]]) {
      const { post } = lampsEngine(list);
      expect([post({ id: 'a' }).status, post({ id: 'a' }).status]).toEqual([201, 201]);
    }
  });

  it('let pass a request that is malformed, and a caller who is unknown', () => {
    const { post } = lampsEngine([
      drift('lenient', {
        request: (refusal) => refusal === 'malformed',
        credential: () => ({
          kind: 'answer',
          case: 'added',
          body: { id: 'for anybody', lit: true },
        }),
      }),
    ]);
    expect(post({ id: '' })).toMatchObject({ status: 201, body: { id: '' } });
    expect(post({ id: 'a' }, {})).toMatchObject({ status: 201, body: { id: 'for anybody' } });
  });

  it('are told which case leaves, and which is none', () => {
    const seen: unknown[] = [];
    const { post, engine } = lampsEngine([
      drift('watching', {
        deliver: (honest, { operation }, documented) => {
          seen.push([operation?.id, documented?.name]);
          return honest;
        },
      }),
    ]);
    post({ id: 'a' });
    post({ id: 'a' }, {}, '/lampz');
    engine.answer({ method: 'OPTIONS', target: '/lamps', headers: {}, body: new Uint8Array() });
    expect(seen).toEqual([
      ['addLamp', 'added'],
      [undefined, 'unknown_path'],
      [undefined, undefined],
    ]);
  });

  it('of a limit and a fault are named in the journal, and held to the document', () => {
    const limit: Interceptor<Lamps, Keeper> = {
      kind: 'limit',
      name: 'one',
      admit: () => ({ kind: 'refusal', case: 'busy' }),
    };
    const late: Interceptor<Lamps, Keeper> = {
      kind: 'fault',
      name: 'late',
      deliver: (honest) => ({ ...honest, delayMs: 5 }),
    };
    const { post, journal } = lampsEngine([limit, late]);
    expect(post({ id: 'a' })).toMatchObject({ status: 429, delayMs: 5 });
    expect(journal.entries[0]).toMatchObject({ case: 'busy', limit: 'one', fault: 'late' });
    expect(journal.entries[0]).not.toHaveProperty('drift');
  });
});
