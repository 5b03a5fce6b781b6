// A space as a picture: its threads with their messages on the left, its stores on the right, and
// what is embedded on the way from one to the other.

import type { Row } from '../api.js';
import { Part } from '../parts/detail.js';
import { linkTo } from '../route.js';
import { type Noun, tables } from '../tables.js';

const NODE = { width: 172, height: 46, gap: 14 };
const WIDTH = 600;
const MOST = 8;

interface Node {
  readonly noun: Noun;
  readonly id: string;
  readonly title: string;
  readonly says: string;
  readonly kind: 'thread' | 'dedicated' | 'attached';
}

const embeddingStates = ['queued', 'running', 'done', 'failed'] as const;

export function SpacePicture({ space }: { readonly space: Row }) {
  const threads = threadsOf(space);
  const stores = storesOf(space);
  const shownThreads = threads.slice(0, MOST);
  const shownStores = stores.slice(0, MOST);
  const most = Math.max(shownThreads.length, shownStores.length, 1);
  const height = most * (NODE.height + NODE.gap) + NODE.gap + 24;
  const middle = height / 2;
  const tops = (count: number): readonly number[] => {
    const all = count * (NODE.height + NODE.gap) - NODE.gap;
    return Array.from(
      { length: count },
      (_, at) => middle - all / 2 + at * (NODE.height + NODE.gap),
    );
  };
  const left = tops(shownThreads.length);
  const right = tops(shownStores.length);
  const centre = { x: WIDTH / 2 - 68, width: 136 };
  const embeddings = (tables.value.embeddings ?? []).filter(
    ({ space_id }) => space_id === space.id,
  );
  const moving = embeddings.filter(({ status }) => status === 'queued' || status === 'running');
  return (
    <Part title="Picture">
      <div class="scroll" tabIndex={0} role="region" aria-label="Picture of the space">
        <svg
          class="picture"
          width={WIDTH}
          height={height}
          viewBox={`0 0 ${WIDTH} ${height}`}
          role="group"
          aria-label={`${threads.length} threads, ${stores.length} stores, ${embeddings.length} embeddings`}
        >
          {left.map((top, at) => (
            <Edge
              key={shownThreads[at]?.id}
              from={[NODE.width, top + NODE.height / 2]}
              to={[centre.x, middle]}
              kind="thread"
              dots={moving.filter(({ thread_id }) => thread_id === shownThreads[at]?.id).length}
            />
          ))}
          {right.map((top, at) => (
            <Edge
              key={shownStores[at]?.id}
              from={[centre.x + centre.width, middle]}
              to={[WIDTH - NODE.width, top + NODE.height / 2]}
              kind={shownStores[at]?.kind ?? 'attached'}
              dots={
                moving.filter(({ vector_store_id }) => vector_store_id === shownStores[at]?.id)
                  .length
              }
            />
          ))}
          {shownThreads.map((node, at) => (
            <Box key={node.id} node={node} x={0.5} y={left[at] ?? 0} />
          ))}
          {shownStores.map((node, at) => (
            <Box key={node.id} node={node} x={WIDTH - NODE.width - 0.5} y={right[at] ?? 0} />
          ))}
          <g class="node space">
            <rect x={centre.x} y={middle - 34} width={centre.width} height={68} rx={10} />
            <text x={WIDTH / 2} y={middle - 4} text-anchor="middle" class="name">
              {cut(String(space.name ?? space.id), 15)}
            </text>
            <text x={WIDTH / 2} y={middle + 15} text-anchor="middle">
              {String(space.access_mode ?? '')}
            </text>
          </g>
        </svg>
      </div>
      {threads.length > MOST || stores.length > MOST ? (
        <p class="muted">
          The first {MOST} of {threads.length} threads and {stores.length} stores.
        </p>
      ) : null}
      <p class="facts-line">
        <span>Embeddings:</span>
        {embeddings.length === 0 ? <span>none</span> : null}
        {embeddingStates.map((state) => {
          const count = embeddings.filter(({ status }) => status === state).length;
          return count === 0 ? null : (
            <span key={state} class={`embedding ${state}`}>
              {count} {state}
            </span>
          );
        })}
      </p>
    </Part>
  );
}

interface EdgeProps {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly kind: Node['kind'];
  /** What moves along it. */
  readonly dots: number;
}

function Edge({ from: [x1, y1], to: [x2, y2], kind, dots }: EdgeProps) {
  const half = (x1 + x2) / 2;
  const path = `M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}`;
  return (
    <>
      <path class={`edge ${kind}${dots > 0 ? ' moving' : ''}`} d={path} />
      {dots > 0 ? (
        <text x={half} y={(y1 + y2) / 2 - 6} text-anchor="middle" class="count">
          {dots}
        </text>
      ) : null}
    </>
  );
}

function Box({ node, x, y }: { readonly node: Node; readonly x: number; readonly y: number }) {
  const { noun, id, title, says, kind } = node;
  return (
    <a href={linkTo({ view: 'state', rest: [noun, id] })}>
      <g class={`node ${kind}`}>
        <rect x={x} y={y} width={NODE.width} height={NODE.height} rx={6} />
        <text x={x + 12} y={y + 19} class="name">
          {cut(title, 18)}
        </text>
        <text x={x + 12} y={y + 35}>
          {cut(says, 24)}
        </text>
      </g>
    </a>
  );
}

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

function threadsOf(space: Row): readonly Node[] {
  const linked = (tables.value.spaceThreads ?? []).filter(({ space_id }) => space_id === space.id);
  return linked.flatMap(({ thread_id }) => {
    const thread = tables.value.threads?.find(({ id }) => id === thread_id);
    if (!thread) return [];
    const messages = (tables.value.messages ?? []).filter((one) => one.thread_id === thread.id);
    return [
      {
        noun: 'threads' as const,
        id: thread.id,
        title: String(thread.title ?? thread.id),
        says: `${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`,
        kind: 'thread' as const,
      },
    ];
  });
}

function storesOf(space: Row): readonly Node[] {
  const attached = (tables.value.spaceVectorStores ?? []).filter(
    ({ space_id }) => space_id === space.id,
  );
  const named = [
    { id: space.vector_store_id, kind: 'dedicated' as const },
    ...attached.map(({ vector_store_id: id }) => ({ id, kind: 'attached' as const })),
  ];
  return named.flatMap(({ id, kind }) => {
    const store = tables.value.vectorStores?.find((one) => one.id === id);
    if (!store) return [];
    return [
      {
        noun: 'vectorStores' as const,
        id: store.id,
        title: String(store.name ?? store.id),
        says: kind,
        kind,
      },
    ];
  });
}
