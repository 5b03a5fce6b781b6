// The keys under which rows are filed and lists are looked up: one way to write each.
import type { Slice } from './rows.js';

/** Parts of a key: what a list is about, or who may see it. */
export type KeyPart = readonly string[];

/** A key of several parts. It begins with the key of its first parts, and with that of no others. */
export const compound = (...parts: readonly string[]): string => parts.map((part) => `${part.length}:${part}/`).join('');

/** The only part that a compound key has beyond those that it begins with. */
export const lastPart = (key: string, beginning: string): string => key.slice(key.indexOf(':', beginning.length) + 1, -1);

/** Each of the scopes with each of the groups. */
export const product = (scopes: readonly KeyPart[], groups: readonly KeyPart[]): string[] =>
  scopes.flatMap((scope) => groups.map((group) => compound(...scope, ...group)));

/** The key of an index over two ids. */
export const pair = (left: string, right: string): string => compound(left, right);

/** What a list of slices is about; composites are a kind of their own. */
export const sliceScope = (organization: string, status: string, kind: Slice['type'] | 'composite'): KeyPart => [
  organization,
  status,
  kind,
];

export interface ListedStores {
  readonly slice?: string | null | undefined;
  readonly flow?: string | null | undefined;
  readonly project?: string | null | undefined;
}

/** What a list of stores is about. */
export function storeScope(organization: string, isActive: boolean, { slice, flow, project }: ListedStores): KeyPart {
  const named = (name: string, id: string | null | undefined): KeyPart => (id == null ? [] : [name, id]);
  return [organization, String(isActive), ...named('slice', slice), ...named('flow', flow), ...named('project', project)];
}

export interface ListedThreads {
  readonly isDeleted: boolean;
  readonly isVisible: boolean;
  readonly isPinned: boolean;
  readonly assistant?: string | null | undefined;
}

/** The key of a list of a user's threads. */
export const threadList = (user: string, { isDeleted, isVisible, isPinned, assistant }: ListedThreads): string =>
  compound(user, String(isDeleted), String(isVisible), String(isPinned), ...(assistant == null ? [] : [assistant]));

/** The key of a list that has every row. */
export const ALL = '';
