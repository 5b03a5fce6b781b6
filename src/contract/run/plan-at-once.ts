// Which plays are of many who ask at once, and what they call.
import type { OperationId, Spec } from '../../spec/document.js';
import { KNOWN_ORGANIZATION } from '../dialect.js';
import { templateOf } from '../tables/compile.js';
import type { Contracts } from '../tables/table.js';
import { AtOnce, MANY, named, SEVERAL } from './at-once.js';
import { type Creation, creations } from './creations.js';
import { lanesOf } from './lanes.js';
import { needsOfRequests } from './needs.js';
import type { SessionParts } from './parts.js';
import type { Play, Played } from './play.js';
import type { Subject } from './subject.js';

type Include = (operation: OperationId) => boolean;

export function planAtOnce(spec: Spec, contracts: Contracts, include: Include): readonly Play[] {
  const made = (Object.keys(named) as OperationId[]).filter(include).map((id): Play => {
    const { undo, read } = creations[id] as Creation;
    const title = `${id}, ${MANY} times at once, makes ${MANY} objects`;
    return planOne(
      spec,
      contracts,
      { operation: id, title, expected: ['created'] },
      {
        calls: [id, read, undo].flatMap((call) => times(MANY, call)),
        play: (parts, subject) => new AtOnce(parts, subject).createMany(),
      },
    );
  });
  const written = changes
    .filter(({ operation }) => include(operation))
    .map(({ calls, play, ...about }) => planOne(spec, contracts, about, { calls, play }));
  return [...made, ...written];
}

const times = (count: number, call: OperationId): readonly OperationId[] =>
  Array<OperationId>(count).fill(call);

/** What is written to one object by many at once. */
const changes: readonly (About & Playing)[] = [
  {
    operation: 'addVectorStoreToSpace',
    title: `addVectorStoreToSpace, ${MANY} times at once for one store, attaches it once`,
    expected: ['attached', 'already_attached'],
    calls: [
      'createSpace',
      'createVectorStore',
      ...times(MANY, 'addVectorStoreToSpace'),
      'listSpaceVectorStores',
      'deleteSpace',
      'deleteVectorStore',
    ],
    play: (parts, subject) => new AtOnce(parts, subject).attachMany(),
  },
  {
    operation: 'addVectorStoreToSpace',
    title: `addVectorStoreToSpace at once for ${SEVERAL} stores attaches each`,
    expected: ['attached'],
    calls: [
      'createSpace',
      ...times(SEVERAL, 'createVectorStore'),
      ...times(SEVERAL, 'addVectorStoreToSpace'),
      'listSpaceVectorStores',
      'deleteSpace',
      ...times(SEVERAL, 'deleteVectorStore'),
    ],
    play: (parts, subject) => new AtOnce(parts, subject).attachEach(),
  },
  {
    operation: 'updateThread',
    title: `updateThread at once with ${SEVERAL} keys of metadata keeps each`,
    expected: ['updated'],
    calls: ['createThread', ...times(SEVERAL, 'updateThread'), 'getThread', 'deleteThread'],
    play: (parts, subject) => new AtOnce(parts, subject).mergeEach(),
  },
];

type About = Pick<Subject, 'operation' | 'title' | 'expected'>;

interface Playing {
  readonly calls: readonly OperationId[];
  readonly play: (parts: SessionParts, subject: Subject) => Promise<Played>;
}

function planOne(spec: Spec, contracts: Contracts, about: About, { calls, play }: Playing): Play {
  const subject: Subject = {
    ...about,
    kind: 'at_once',
    place: spec.place(about.operation),
    caller: 'owner',
  };
  const touches = new Set(calls);
  const requests = [...touches].map((call) => templateOf(spec, contracts, { call }));
  const needs = {
    ...needsOfRequests([], []),
    calls: touches,
    profile: new Set(['callers.owner', KNOWN_ORGANIZATION]),
  };
  return {
    ...subject,
    needs,
    touches,
    costs: { own: calls, state: [] },
    lanes: lanesOf(spec, { requests, needs }),
    play: (parts) => play(parts, subject),
  };
}
