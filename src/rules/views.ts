// What the API shows of rows, remembered: a row is replaced, never changed, so its view says the same as
// long as what else it reads does. That is what makes a page cost its length and little more.
import { same } from '../spec/json.js';
import { lasting } from '../spec/lasting.js';
import type { Json } from '../spec/message.js';
import { Recent } from '../spec/recent.js';

interface Known<Read, View> {
  read: Read;
  view: View;
  /** Those at which `read` was read. */
  moments: readonly object[];
}

/**
 * Views of rows that say nothing but what the row itself does. The answer to a write shows a row
 * `once`: nobody has asked for it yet, and to remember it costs more than to make it.
 */
export function viewsOf<Row extends object, View extends object>(
  make: (row: Row) => View,
): ((row: Row) => View) & { readonly once: (row: Row) => View } {
  const views = new Recent<Row, View>();
  const remembered = (row: Row): View => {
    const known = views.get(row);
    if (known) return known;
    const view = lasting(make(row));
    views.set(row, view);
    return view;
  };
  return Object.assign(remembered, { once: make });
}

/** A view that reads more than its row. */
interface Reading<World, Row, Read, View> {
  /** Of the tables that `read` looks into. */
  readonly moments: (world: World) => readonly object[];
  readonly read: (world: World, row: Row) => Read;
  readonly make: (row: Row, read: Read) => View;
}

/**
 * The same for views that read other rows too. While the tables that they read are at the same moment,
 * nothing is read; after that it is, and the view is made anew where something else came of it.
 */
export function readingViewsOf<World, Row extends object, Read extends Json, View extends object>({
  moments: momentsIn,
  read: readFor,
  make,
}: Reading<World, Row, Read, View>): (world: World, row: Row) => View {
  const views = new Recent<Row, Known<Read, View>>();
  return (world, row) => {
    const moments = momentsIn(world);
    const known = views.get(row);
    if (known && moments.every((moment, i) => moment === known.moments[i])) return known.view;
    const read = readFor(world, row);
    if (known && same(read, known.read)) {
      known.moments = moments;
      return known.view;
    }
    const view = lasting(make(row, read));
    views.set(row, { read, view, moments });
    return view;
  };
}
