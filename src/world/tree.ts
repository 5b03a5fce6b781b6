// A persistent B+ tree: items in order, found by what they are or by their place. A write makes
// another tree that shares all nodes with the one before but those on the way to the item, so that
// keeping an earlier state costs nothing. Nodes that the writer itself has made since it last gave
// its tree away are seen by nobody else, and are changed in place.
import { STEP, type Steps } from './stepwise.js';

/** Negative when the left item comes first, zero when the right one takes its place. */
export type Compare<T> = (left: T, right: T) => number;

/** True of the first items of a tree, and of none behind the first for which it is false. */
export type Leads<T> = (item: T) => boolean;

/** Stands for a writer up to the moment at which it gives its tree away; then it takes another. */
export type Writer = object;

interface Node<T> {
  /** The items of a leaf; of a branch, the first item of each child. */
  items: T[];
  readonly children: Node<T>[] | undefined;
  /** How many items there are in and below it. */
  size: number;
  /** Who may change it in place. */
  readonly writer: Writer | undefined;
}

/** How items compare, and who writes. */
interface Edit<T> {
  readonly compare: Compare<T>;
  readonly writer: Writer | undefined;
}

/** A node with more items is split; one with fewer than `FEW` is joined to its neighbour. */
const MANY = 32;
const FEW = MANY / 4;
/** A node that is made of many items has room to grow. */
const ROOMY = MANY - FEW;
/** Whole leaves. */
const IN_A_STEP = STEP - (STEP % ROOMY);

export class Tree<T> {
  readonly #compare: Compare<T>;
  readonly #root: Node<T>;

  constructor(compare: Compare<T>, root: Node<T> = leafOf([], undefined)) {
    this.#compare = compare;
    this.#root = root;
  }

  /** A tree of items that are sorted already. */
  static of<T>(compare: Compare<T>, items: readonly T[]): Tree<T> {
    return Tree.#over(
      compare,
      chunks(items).map((part) => leafOf(part, undefined)),
    );
  }

  /** The same of many. */
  static *making<T>(compare: Compare<T>, items: readonly T[]): Steps<Tree<T>> {
    const leaves: Node<T>[] = [];
    for (let start = 0; start < items.length; start += IN_A_STEP) {
      const some = items.slice(start, start + IN_A_STEP);
      for (const part of chunks(some)) leaves.push(leafOf(part, undefined));
      yield some.length;
    }
    return Tree.#over(compare, leaves);
  }

  static #over<T>(compare: Compare<T>, leaves: Node<T>[]): Tree<T> {
    let nodes = leaves;
    while (nodes.length > 1) nodes = chunks(nodes).map((part) => branchOf(part, undefined));
    return new Tree(compare, nodes[0]);
  }

  get size(): number {
    return this.#root.size;
  }

  /** The item at a place, counted from zero. */
  at(place: number): T | undefined {
    if (place < 0 || place >= this.size) return undefined;
    const { leaf, offset } = this.#leafAt(place);
    return leaf.items[offset];
  }

  /** How many items lead. */
  count(leads: Leads<T>): number {
    let node = this.#root;
    let passed = 0;
    while (node.children) {
      const at = childAt(node, leads);
      for (let i = 0; i < at; i++) passed += (node.children[i] as Node<T>).size;
      node = node.children[at] as Node<T>;
    }
    return passed + leading(node.items, leads);
  }

  /** The last of the items that lead. */
  last(leads: Leads<T>): T | undefined {
    let node = this.#root;
    while (node.children) node = node.children[childAt(node, leads)] as Node<T>;
    return node.items[leading(node.items, leads) - 1];
  }

  /** From a place on, in order. */
  *forward(place: number): Generator<T, undefined> {
    let next = place;
    while (next < this.size) {
      const { leaf, offset } = this.#leafAt(next);
      for (let i = offset; i < leaf.items.length; i++) yield leaf.items[i] as T;
      next += leaf.items.length - offset;
    }
  }

  /** From before a place on, the last one first. */
  *backward(place: number): Generator<T, undefined> {
    let next = place - 1;
    while (next >= 0) {
      const { leaf, offset } = this.#leafAt(next);
      for (let i = offset; i >= 0; i--) yield leaf.items[i] as T;
      next -= offset + 1;
    }
  }

  /** A tree with the item, in place of the one that compares equal. */
  with(item: T, writer?: Writer): Tree<T> {
    const [root, right] = put(this.#root, item, { compare: this.#compare, writer });
    return new Tree(this.#compare, right ? branchOf([root, right], writer) : root);
  }

  /** A tree without the item that compares equal. */
  without(item: T, writer?: Writer): Tree<T> {
    let root = take(this.#root, item, { compare: this.#compare, writer });
    while (root.children?.length === 1) root = root.children[0] as Node<T>;
    return new Tree(this.#compare, root);
  }

  #leafAt(place: number): { readonly leaf: Node<T>; readonly offset: number } {
    let node = this.#root;
    let offset = place;
    while (node.children) {
      let at = 0;
      for (
        let { size } = node.children[at] as Node<T>;
        offset >= size;
        { size } = node.children[at] as Node<T>
      ) {
        offset -= size;
        at++;
      }
      node = node.children[at] as Node<T>;
    }
    return { leaf: node, offset };
  }
}

/** Parts for nodes that have room to grow. */
const chunks = <Part>(parts: readonly Part[]): Part[][] =>
  Array.from({ length: Math.ceil(parts.length / ROOMY) }, (_, i) =>
    parts.slice(i * ROOMY, (i + 1) * ROOMY),
  );

const leafOf = <T>(items: T[], writer: Writer | undefined): Node<T> => ({
  items,
  children: undefined,
  size: items.length,
  writer,
});

function branchOf<T>(children: Node<T>[], writer: Writer | undefined): Node<T> {
  let size = 0;
  for (const child of children) size += child.size;
  return { items: children.map((child) => child.items[0] as T), children, size, writer };
}

const isOwn = <T>(node: Node<T>, writer: Writer | undefined): boolean =>
  writer !== undefined && node.writer === writer;

/** From a place on, as many items are gone as it says, and others come in their place. */
interface Splice<T> {
  readonly at: number;
  readonly gone: number;
  readonly come: readonly T[];
}

function withItems<T>(
  leaf: Node<T>,
  { at, gone, come }: Splice<T>,
  writer: Writer | undefined,
): Node<T> {
  // A list that is made anew has no room to spare, of which there would be much in many small
  // worlds.
  const items = leaf.items.toSpliced(at, gone, ...come);
  if (!isOwn(leaf, writer)) return leafOf(items, writer);
  leaf.items = items;
  leaf.size = items.length;
  return leaf;
}

/** Another child in a place of a branch, which makes it larger by so many items. */
interface Exchange<T> {
  readonly at: number;
  readonly child: Node<T>;
  readonly more: number;
}

function withChild<T>(
  branch: Node<T>,
  { at, child, more }: Exchange<T>,
  writer: Writer | undefined,
): Node<T> {
  const { items, children = [], size } = branch;
  const first = child.items[0] as T;
  if (!isOwn(branch, writer)) {
    return {
      items: items.with(at, first),
      children: children.with(at, child),
      size: size + more,
      writer,
    };
  }
  items[at] = first;
  children[at] = child;
  branch.size += more;
  return branch;
}

/** How many of a sorted list lead. */
function leading<T>(items: readonly T[], leads: Leads<T>): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (leads(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The child in which the leading items end. */
const childAt = <T>({ items }: Node<T>, leads: Leads<T>): number =>
  Math.max(0, leading(items, leads) - 1);

/** The place of the last item that is not behind another; -1 when all are. */
function lastUpTo<T>(items: readonly T[], item: T, compare: Compare<T>): number {
  // Most rows come at the end.
  let low = -1;
  let high = items.length - 1;
  if (high < 0 || compare(items[high] as T, item) <= 0) return high;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (compare(items[middle] as T, item) <= 0) low = middle;
    else high = middle;
  }
  return low;
}

/** The node with the item: one, or two when it has become too large. */
function put<T>(node: Node<T>, item: T, edit: Edit<T>): readonly [Node<T>, Node<T>?] {
  const { compare, writer } = edit;
  const at = lastUpTo(node.items, item, compare);
  if (!node.children) {
    const isThere = at >= 0 && compare(node.items[at] as T, item) === 0;
    const splice = isThere ? { at, gone: 1, come: [item] } : { at: at + 1, gone: 0, come: [item] };
    return split(withItems(node, splice, writer), at, writer);
  }
  const place = Math.max(at, 0);
  const child = node.children[place] as Node<T>;
  const { size } = child;
  const [left, right] = put(child, item, edit);
  const grown = withChild(
    node,
    { at: place, child: left, more: left.size + (right?.size ?? 0) - size },
    writer,
  );
  if (!right) return [grown];
  grown.children?.splice(place + 1, 0, right);
  grown.items.splice(place + 1, 0, right.items[0] as T);
  return split(grown, place, writer);
}

/** The node, or two when it is too large. What has grown at its end stays full on the left. */
function split<T>(
  node: Node<T>,
  grownAt: number,
  writer: Writer | undefined,
): readonly [Node<T>, Node<T>?] {
  const { items, children } = node;
  if (items.length <= MANY) return [node];
  const middle = grownAt === MANY - 1 ? MANY : items.length >>> 1;
  return children
    ? [branchOf(children.slice(0, middle), writer), branchOf(children.slice(middle), writer)]
    : [leafOf(items.slice(0, middle), writer), leafOf(items.slice(middle), writer)];
}

/** The node without the item. */
function take<T>(node: Node<T>, item: T, edit: Edit<T>): Node<T> {
  const { compare, writer } = edit;
  const at = lastUpTo(node.items, item, compare);
  if (at < 0) return node;
  if (!node.children)
    return compare(node.items[at] as T, item) === 0
      ? withItems(node, { at, gone: 1, come: [] }, writer)
      : node;
  const child = node.children[at] as Node<T>;
  const { size } = child;
  const rest = take(child, item, edit);
  if (rest.size === size) return node;
  if (rest.size === 0)
    return node.children.length === 1 ? rest : branchOf(node.children.toSpliced(at, 1), writer);
  const isSmall = rest.items.length < FEW && node.children.length > 1;
  return isSmall
    ? branchOf(joined(node.children.with(at, rest), at, writer), writer)
    : withChild(node, { at, child: rest, more: rest.size - size }, writer);
}

/** Children, of which the one at a place is one with its neighbour. */
function joined<T>(children: Node<T>[], at: number, writer: Writer | undefined): Node<T>[] {
  const left = Math.max(0, at - 1);
  const [first, second] = [children[left], children[left + 1]] as [Node<T>, Node<T>];
  const whole = first.children
    ? branchOf([...first.children, ...(second.children as Node<T>[])], writer)
    : leafOf([...first.items, ...second.items], writer);
  const [node, other] = split(whole, 0, writer);
  return other ? children.toSpliced(left, 2, node, other) : children.toSpliced(left, 2, node);
}
