// What the pages show, and what a page is.
import type { World } from '../world/world.js';

export interface Shown {
  readonly document: () => string;
  /** The one that the request is for, where there are any. */
  readonly world?: World | undefined;
  /** Writes the document as YAML; absent where no library for it is at hand. */
  readonly toYaml?: ((value: unknown) => string) | undefined;
  /** There is a console at `/__admin/`. */
  readonly hasConsole?: boolean;
}

export interface Page {
  readonly mediaType: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}
