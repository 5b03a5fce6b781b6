// A space as a picture: its threads with their messages on the left, its stores on the right, and
// what is embedded on the way from one to the other.
import type { Row } from '../api.js';
import { Part } from '../parts/detail.js';
import { useMedia } from '../parts/media.js';
import { linkTo } from '../route.js';
import { type Noun, tables } from '../tables.js';
import { type Edge, type Layout, layoutOf, NODE } from './space-layout.js';

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
  const layout = layoutOf(useMedia('(max-width: 45rem)'), {
    threads: shownThreads.length,
    stores: shownStores.length,
  });
  const { width, height, nodeWidth, space: centre } = layout;
  const embeddings = (tables.value.embeddings ?? []).filter(
    ({ space_id }) => space_id === space.id,
  );
  const moving = embeddings.filter(({ status }) => status === 'queued' || status === 'running');
  return (
    <Part title="Picture">
      <div class="scroll" tabIndex={0} role="region" aria-label="Picture of the space">
        <svg
          class="picture"
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="group"
          aria-label={`${threads.length} threads, ${stores.length} stores, ${embeddings.length} embeddings`}
        >
          {shownThreads.map((node, at) => (
            <EdgeLine
              key={node.id}
              edge={layout.edge('threads', layout.threads[at] ?? 0)}
              kind="thread"
              dots={moving.filter(({ thread_id }) => thread_id === node.id).length}
            />
          ))}
          {shownStores.map((node, at) => (
            <EdgeLine
              key={node.id}
              edge={layout.edge('stores', layout.stores[at] ?? 0)}
              kind={node.kind}
              dots={moving.filter(({ vector_store_id }) => vector_store_id === node.id).length}
            />
          ))}
          {shownThreads.map((node, at) => (
            <Box key={node.id} node={node} layout={layout} x={0.5} y={layout.threads[at] ?? 0} />
          ))}
          {shownStores.map((node, at) => (
            <Box
              key={node.id}
              node={node}
              layout={layout}
              x={width - nodeWidth - 0.5}
              y={layout.stores[at] ?? 0}
            />
          ))}
          <g class="node space">
            <rect {...centre} rx={10} />
            <text x={width / 2} y={centre.y + 30} text-anchor="middle" class="name">
              {cut(String(space.name ?? space.id), 15)}
            </text>
            <text x={width / 2} y={centre.y + 49} text-anchor="middle">
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
  readonly edge: Edge;
  readonly kind: Node['kind'];
  /** What moves along it. */
  readonly dots: number;
}

function EdgeLine({ edge: { path, at }, kind, dots }: EdgeProps) {
  return (
    <>
      <path class={`edge ${kind}${dots > 0 ? ' moving' : ''}`} d={path} />
      {dots > 0 ? (
        <text {...at} text-anchor="middle" class="count">
          {dots}
        </text>
      ) : null}
    </>
  );
}

interface BoxProps {
  readonly node: Node;
  readonly layout: Layout;
  readonly x: number;
  readonly y: number;
}

function Box({ node: { noun, id, title, says, kind }, layout, x, y }: BoxProps) {
  return (
    <a href={linkTo({ view: 'state', rest: [noun, id] })}>
      <g class={`node ${kind}`}>
        <rect x={x} y={y} width={layout.nodeWidth} height={NODE.height} rx={6} />
        <text x={x + 12} y={y + 19} class="name">
          {cut(title, layout.longest)}
        </text>
        <text x={x + 12} y={y + 35}>
          {cut(says, layout.longest + 6)}
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
