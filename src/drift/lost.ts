// Drifts of writes that lose what they were given: a field among many, or what the update before has
// set.
import type { Operation, OperationId, Spec } from '../spec/document.js';
import { fieldsOf } from '../spec/fields.js';
import type { Json, JsonObject } from '../spec/message.js';
import { bodyOf, type Drift, inPath, withFields } from './form.js';
import { handDrift } from './hand/form.js';
import { tried } from './state.js';

/** Of April, or looked at by nobody: what a request says there need not be kept. */
const idle: readonly string[] = [
  'vector_store_ids',
  'access_target_ids',
  'access_target_id',
  'slice_ids',
  'is_active',
  'is_incognito',
];

/** Of slices, the access mode is April's. */
const isOf = (operation: Operation, field: string): boolean =>
  !idle.includes(field) &&
  !(field === 'access_mode' && /^(create|update)Slice$/.test(operation.id));

/** Fields of the rows that an update may change, by where they are kept. */
const kept: Readonly<Partial<Record<OperationId, readonly [table: string, id: string]>>> = {
  updateSpace: ['spaces', 'space_id'],
  updateThread: ['threads', 'thread_id'],
  updateSlice: ['slices', 'slice_id'],
  updateComposite: ['slices', 'slice_id'],
  updateStore: ['vectorStores', 'store_id'],
  updateVectorStore: ['vectorStores', 'vector_store_id'],
  updateMessage: ['messages', 'message_id'],
};

export function lossDrifts(spec: Spec): readonly Drift[] {
  return [...spec.operations.values()].flatMap((operation) => {
    if (!operation.body || !['POST', 'PATCH'].includes(operation.method)) return [];
    const fields = fieldsOf(spec, operation.body.schema)
      .filter(({ pointer }) => pointer.lastIndexOf('/') === 0)
      .map(({ pointer, required }) => ({ name: pointer.slice(1), required }))
      .filter(({ name }) => isOf(operation, name));
    const names = fields.map(({ name }) => name);
    const at = kept[operation.id];
    return [
      ...(operation.id === 'generateThreadName'
        ? []
        : fields
            .filter(({ required }) => !required)
            .map(({ name }) => lostAmongMany(operation.id, name, Math.min(4, names.length)))),
      ...(at
        ? names.filter((name) => name !== 'metadata').map((name) => undone(operation.id, name, at))
        : []),
    ];
  });
}

/** It says that all is well, and keeps all but one. */
const lostAmongMany = (id: OperationId, field: string, many: number): Drift =>
  handDrift([id], `loses_${field}_of_${many}`, `loses ${field} of ${many} fields or more`, () => ({
    decide: (ask, call) => {
      const body = bodyOf(call);
      if (!(field in body) || Object.keys(body).length < many) return ask(call);
      const promised = tried(ask, call);
      const lossy = ask(withFields(call, { [field]: undefined }));
      return promised?.kind === 'answer' && lossy.kind === 'answer' ? promised : lossy;
    },
  }));

interface Rows {
  get(id: string): JsonObject | undefined;
}

/** An update that does not name a field brings back what stood there before the last one that did. */
const undone = (id: OperationId, field: string, [table, name]: readonly [string, string]): Drift =>
  handDrift([id], `undoes_${field}`, `takes back the last ${field} where it names none`, () => {
    const before = new Map<string, Json>();
    return {
      decide: (ask, call) => {
        const key = inPath(call, name);
        const rows = (call.world as unknown as Readonly<Record<string, Rows>>)[table];
        const was = rows?.get(key)?.[field];
        const body = bodyOf(call);
        const old = before.get(key);
        if (field in body || old === undefined) {
          const outcome = ask(call);
          if (outcome.kind === 'answer' && field in body && was !== undefined) before.set(key, was);
          return outcome;
        }
        before.delete(key);
        return ask(withFields(call, { [field]: old }));
      },
    };
  });
