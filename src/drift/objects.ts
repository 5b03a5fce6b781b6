// Drifts in what a server says of its objects: a list that shows them otherwise than they read by
// themselves, a write that changes more than it was asked to, a read that changes anything.
import type { Call } from '../rules/rule.js';
import type { Operation, OperationId, Spec } from '../spec/document.js';
import { type Field, fieldsOf } from '../spec/fields.js';
import type { Json } from '../spec/message.js';
import { changeAt } from '../spec/values.js';
import { bodyOf, type Drift, successOf, withBody, withFields } from './form.js';
import { handDrift, onSuccess } from './hand/form.js';
import { isTime, shifted } from './values.js';

export function objectDrifts(spec: Spec): readonly Drift[] {
  return [
    ...[...spec.operations.values()].flatMap((operation) => {
      const { schema } = operation.responses.get(successOf(operation).status) ?? {};
      const fields = schema === undefined ? [] : fieldsOf(spec, schema);
      const id = fields.find(({ pointer }) => pointer.endsWith('/id'))?.pointer;
      if (id === undefined || unrelated.includes(operation.id)) return [];
      const at = id.slice(0, -'/id'.length);
      const shown = operation.method === 'GET' ? readDrifts(operation, at, fields) : [];
      const read = operation.body ? fieldsOf(spec, operation.body.schema) : [];
      return [...shown, ...(operation.method === 'PATCH' ? updateDrifts(operation, read) : [])];
    }),
    ...threadDrifts(),
  ];
}

/** Their objects are made by nobody here, or are shown by no other operation. */
const unrelated: readonly OperationId[] = [
  'listDepartments',
  'getDepartmentTree',
  'listSpaceVectorStores',
  'listMessages',
];

const has = (fields: readonly Field[], pointer: string): boolean =>
  fields.some((field) => field.pointer === pointer);

function readDrifts({ id }: Operation, at: string, fields: readonly Field[]): readonly Drift[] {
  const name = [`${at}/name`, `${at}/title`].find((pointer) => has(fields, pointer));
  const maker = [`${at}/created_by`, `${at}/user_id`].find((pointer) => has(fields, pointer));
  const time = `${at}/updated_at`;
  return [
    ...(name === undefined
      ? []
      : [
          handDrift(
            [id],
            'names_cut',
            'shows the first twelve characters of a name',
            onSuccess((body) =>
              changeAt(body, name, (text) => (typeof text === 'string' ? text.slice(0, 12) : text)),
            ),
          ),
        ]),
    ...(maker === undefined
      ? []
      : [
          handDrift(
            [id],
            'others_are_the_makers',
            'says that somebody else made it',
            onSuccess((body) => changeAt(body, maker, () => 'usr_somebody')),
          ),
        ]),
    ...(has(fields, time)
      ? [
          handDrift(
            [id],
            'reading_changes',
            'each read moves the time of the last change',
            reads(time),
          ),
        ]
      : []),
  ];
}

/** Each read says that something changed since the last one. */
const reads =
  (pointer: string): Drift['plant'] =>
  () => {
    let count = 0;
    return {
      rewrite: ({ documented, response }) => {
        if (documented.status >= 400) return response;
        count += 1;
        return withBody(response, (body) =>
          changeAt(body, pointer, (time) =>
            typeof time === 'string' && isTime(time) ? shifted(time, count * 5) : time,
          ),
        );
      },
    };
  };

/** Fields that an update may leave out, and what a careless one resets them to. */
const resets: Readonly<Record<string, Json>> = {
  description: null,
  access_mode: 'private',
  visible_in_ui: false,
  access_users: [],
  access_departments: [],
  editable_by_users: [],
  editable_by_roles: [],
  visible_to_roles: [],
  assistant_id: null,
  title: null,
  flow_id: null,
  flowplate_project_id: null,
};

/** `read` is what the operation reads of a body. */
function updateDrifts({ id }: Operation, read: readonly Field[]): readonly Drift[] {
  return Object.entries(resets)
    .filter(([field]) => has(read, `/${field}`))
    .map(([field, value]) =>
      handDrift(
        [id],
        `resets_${field}`,
        `sets ${field} back where a request leaves it out`,
        () => ({
          decide: (ask, call) =>
            ask(field in bodyOf(call) ? call : withFields(call, { [field]: value })),
        }),
      ),
    );
}

const threadDrifts = (): readonly Drift[] => [
  handDrift(
    ['listSpaceThreads'],
    'no_messages',
    'counts no messages',
    onSuccess((body) => changeAt(body, '/data/*/message_count', () => 0)),
  ),
  handDrift(
    ['addThreadToSpace'],
    'only_once',
    'does nothing for a thread that was removed before',
    () => {
      const added = new Set<string>();
      return {
        decide: (ask, call) => {
          const { path, world } = call as unknown as Call<'addThreadToSpace'>;
          const pair = `${path.space_id} ${path.thread_id}`;
          const isAgain = added.has(pair);
          added.add(pair);
          return ask(isAgain ? { ...call, world: world.fork() } : call);
        },
      };
    },
  ),
  handDrift(
    ['removeThreadFromSpace'],
    'takes_messages',
    'deletes the messages of the thread too',
    () => ({
      decide: (ask, call) => {
        const outcome = ask(call);
        const { path, world } = call as unknown as Call<'removeThreadFromSpace'>;
        if (outcome.kind === 'answer')
          for (const { id } of world.messages.where('thread', path.thread_id))
            world.messages.delete(id);
        return outcome;
      },
    }),
  ),
  ...(['listSpaceThreads', 'listStoresInSlice'] as const).map((id) =>
    handDrift(
      [id],
      'twenty_at_most',
      'shows twenty rows of a page at most',
      onSuccess((body) =>
        ['/data', '/items'].reduce(
          (changed, list) =>
            changeAt(changed, list, (rows) => (rows as readonly Json[]).slice(0, 20)),
          body,
        ),
      ),
    ),
  ),
];
