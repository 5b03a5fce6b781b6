// A second API for the engine: a document, validators, rules and an identity that have nothing to
// do with the shipped ones.
import { parse } from 'yaml';
import type { Rule } from '../../src/decide/rule.js';
import type { Api, Change, State } from '../../src/engine/api.js';
import { readSpec } from '../../src/spec/document.js';
import { compileSchemas } from './compile-schemas.js';

const document = parse(`
openapi: 3.1.0
info: { title: Lamps, version: '1' }
paths:
  /lamps:
    post:
      operationId: addLamp
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/NewLamp' } } } }
      responses:
        '201':
          description: Added.
          x-relations: [{ equal: ['$response.body#/id', '$request.body#/id'] }]
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Lamp' }
              examples: { added: { x-case: &by_state { basis: docs, source: lamps, reached_by: state }, value: { id: l1, lit: false } } }
        '401': { $ref: '#/components/responses/Unknown' }
        '409':
          description: There is one.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Problem' }
              examples: { exists: { x-case: *by_state, value: { error: { code: EXISTS, details: { id: l1 } } } } }
        '422':
          description: Malformed.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Problem' }
              examples:
                malformed:
                  x-case: { basis: docs, source: lamps, reached_by: state, violation: {} }
                  value: { error: { code: MALFORMED, details: { field: id, message: says why } } }
        '429':
          description: Too many.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Problem' }
              examples:
                busy: { x-case: { basis: docs, source: lamps, reached_by: rate_limit }, value: { error: { code: BUSY, details: {} } } }
components:
  responses:
    Unknown:
      description: Nobody known.
      content:
        application/json:
          schema: { $ref: '#/components/schemas/Problem' }
          examples: { keeper_unknown: { x-case: *by_state, value: { error: { code: WHO, details: {} } } } }
  schemas:
    NewLamp:
      type: object
      required: [id]
      properties: { id: { type: string, minLength: 1 } }
    Lamp:
      type: object
      additionalProperties: false
      required: [id, lit]
      properties: { id: { type: string }, lit: { type: boolean } }
    Problem: { type: object, required: [error] }
x-error-relations: []
x-common-headers: [{ name: lamps-version, value: '1' }, { name: lamps-keeper }]
x-field-messages: { minLength: '{field} is too short', other: '{field} is wrong' }
x-unrouted:
  '404':
    description: Nothing there.
    content: { application/json: { examples: { unknown_path: { x-case: *by_state, value: { nothing: here } } } } }
  '405':
    description: Not so.
    content:
      application/json:
        examples: { method_not_allowed: { x-case: *by_state, value: { error: { code: METHOD, details: { allowed: [] } } } } }
  '500':
    description: Ours.
    content:
      application/json:
        examples:
          body_too_large: { x-case: *by_state, value: {} }
          unknown_preference: { x-case: *by_state, value: {} }
          self_check_failed: { x-case: *by_state, value: { error: { code: SELF_CHECK, details: { breaches: [] } } } }
          rule_failed: { x-case: *by_state, value: { error: { code: FAILED, details: { problem: why } } } }
`);

export interface Lamp {
  readonly id: string;
  readonly lit: unknown;
}

export interface Lamps extends State {
  readonly lamps: Map<string, Lamp>;
  add(lamp: Lamp): void;
}

/** A state as small as one can be: all lamps are copied before a work, and put back if it fails. */
export function createLamps(): Lamps {
  const lamps = new Map<string, Lamp>();
  let version = 0;
  let changing: Change[] = [];
  return {
    lamps,
    add: (lamp) => {
      lamps.set(lamp.id, lamp);
      changing.push({ table: 'lamps', id: lamp.id, after: lamp });
    },
    clock: { now: () => '2026-01-01T00:00:00Z', tick: () => {} },
    get version() {
      return version;
    },
    atomically: (work) => {
      const before = [...lamps];
      const changes: Change[] = [];
      changing = changes;
      const takeBack = (): void => {
        changes.length = 0;
        lamps.clear();
        for (const [id, lamp] of before) lamps.set(id, lamp);
      };
      try {
        const result = work(takeBack, changes);
        version += 1;
        return result;
      } catch (error) {
        takeBack();
        throw error;
      }
    },
  };
}

interface Keeper {
  readonly name: string;
}

interface Facts {
  readonly world: Lamps;
  readonly caller: Keeper;
  readonly body: { readonly id: string };
  readonly known: Lamp | undefined;
}

const addLamp: Rule<Lamps, Keeper> = {
  read: ({ world, body }) => ({ known: world.lamps.get((body as Facts['body']).id) }),
  guards: { exists: ({ known }: Facts) => known === undefined || { details: { id: known.id } } },
  accept: ({ world, body: { id } }: Facts) => {
    const lamp = { id, lit: id === 'broken' ? 'perhaps' : false };
    world.add(lamp);
    if (id === 'fragile') throw new Error('it fell');
    return { case: 'added', body: lamp };
  },
};

export type LampsApi = Api<Lamps, Keeper>;

export function lampsApi(): LampsApi {
  const schemaAt = compileSchemas(document);
  return {
    spec: readSpec(JSON.stringify(document), (operation) => `lamps.yaml#${operation}`),
    validators: (name) => schemaAt(`#/components/schemas/${name.replace(/^(open|closed)_/, '')}`),
    rules: { addLamp },
    identify: (_world, { keeper }) =>
      keeper === undefined ? { refusal: 'keeper_unknown' } : { caller: { name: keeper } },
    nameOf: ({ name }) => name,
    headersFor: ({ caller }) => (caller ? { 'lamps-keeper': caller.name } : {}),
  };
}
