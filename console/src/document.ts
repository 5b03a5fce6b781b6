// The document that is stood in for: its operations with their cases.
import { computed, signal } from '@preact/signals';
import { base, credentials } from './api.js';

export interface Case {
  readonly name: string;
  readonly status: number;
  readonly basis: string;
  readonly source: string;
  readonly says: string;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly cases: readonly Case[];
}

export const operations = signal<readonly Operation[]>([]);

type Json = Record<string, unknown>;

export async function loadDocument(): Promise<void> {
  const url = `${base}/__admin/product.json`;
  const document = (await (await fetch(url, { headers: credentials() })).json()) as Json;
  const paths = Object.entries((document.paths ?? {}) as Record<string, Json>);
  operations.value = paths.flatMap(([path, item]) =>
    ['get', 'post', 'put', 'patch', 'delete'].flatMap((method) => {
      const operation = item[method] as Json | undefined;
      if (!operation) return [];
      return [
        {
          id: String(operation.operationId ?? `${method} ${path}`),
          method: method.toUpperCase(),
          path,
          summary: String(operation.summary ?? ''),
          tag: String((operation.tags as string[] | undefined)?.[0] ?? 'Other'),
          cases: casesOf(document, operation),
        },
      ];
    }),
  );
}

const byId = computed(() => new Map(operations.value.map((one) => [one.id, one])));
const byName = computed(
  () =>
    new Map(
      operations.value.flatMap(({ id, cases }) =>
        cases.map((one) => [`${id}.${one.name}`, one] as const),
      ),
    ),
);

export const operationOf = (id: string | undefined): Operation | undefined =>
  byId.value.get(id ?? '');

export const caseOf = (operation: string | undefined, name: string | undefined): Case | undefined =>
  byName.value.get(`${operation}.${name}`);

function casesOf(document: Json, operation: Json): readonly Case[] {
  return Object.entries((operation.responses ?? {}) as Record<string, Json>).flatMap(
    ([status, given]) => {
      const response = resolve(document, given);
      const bodiless = Object.entries((response['x-cases'] ?? {}) as Record<string, Json>).map(
        ([name, provenance]) => ({ name, provenance, summary: undefined as unknown }),
      );
      const examples = Object.values((response.content ?? {}) as Record<string, Json>)
        .flatMap((media) => Object.entries((media.examples ?? {}) as Record<string, Json>))
        .map(([name, reference]) => {
          const example = resolve(document, reference);
          return { name, provenance: (example['x-case'] ?? {}) as Json, summary: example.summary };
        });
      return [...bodiless, ...examples].map(({ name, provenance, summary }) => ({
        name,
        status: Number(status),
        basis: String(provenance.basis ?? 'unknown'),
        source: String(provenance.source ?? ''),
        says: String(summary ?? response.description ?? ''),
      }));
    },
  );
}

function resolve(document: Json, node: Json): Json {
  const reference = node.$ref;
  if (typeof reference !== 'string') return node;
  return reference
    .split('/')
    .slice(1)
    .reduce<Json>(
      (at, part) => at[part.replaceAll('~1', '/').replaceAll('~0', '~')] as Json,
      document,
    );
}
