// Where one is: world, view and what is open in it, in the hash, so that every view has a link.
import { computed, signal } from '@preact/signals';

export const views = ['requests', 'state', 'cases', 'worlds'] as const;
export type View = (typeof views)[number];

export interface Route {
  readonly world: string;
  readonly view: View;
  /** What is open, such as the number of a request. */
  readonly rest: readonly string[];
}

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  hash.value = location.hash;
});

export const route = computed<Route>(() => {
  const [world = 'default', view = '', ...rest] = hash.value
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  return { world, view: views.find((one) => one === view) ?? 'requests', rest };
});

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const linkTo = ({ world, view, rest = [] }: Partial<Route>): string => {
  const now = route.value;
  return `#/${[world ?? now.world, view ?? now.view, ...rest].map(encodeURIComponent).join('/')}`;
};

export const go = (to: Partial<Route>): void => {
  location.hash = linkTo(to);
};
