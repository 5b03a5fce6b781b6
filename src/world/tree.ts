// A persistent B+ tree: items in order, found by what they are or by their place. A tree never changes. A write makes another
// one that shares all nodes with it but those on the way to the item, so that keeping an earlier state costs nothing.

/** Negative when the left item comes first, zero when the right one takes its place. */
export type Compare<T> = (left: T, right: T) => number;

/** True of the first items of a tree, and of none behind the first for which it is false. */
export type Leads<T> = (item: T) => boolean;

interface Node<T> {
  /** The items of a leaf; of a branch, the first item of each child. */
  readonly items: readonly T[];
  readonly children: readonly Node<T>[] | undefined;
  /** How many items there are in and below it. */
  readonly size: number;
}

/** A node with more items is split; one with fewer than `FEW` is joined to its neighbour. */
const MANY = 32;
const FEW = MANY / 4;

export class Tree<T> {
  readonly #compare: Compare<T>;
  readonly #root: Node<T>;

  constructor(compare: Compare<T>, root: Node<T> = leafOf([])) {
    this.#compare = compare;
    this.#root = root;
  }

  /** A tree of items that are sorted already. */
  static of<T>(compare: Compare<T>, items: readonly T[]): Tree<T> {
    let nodes = chunks(items).map(leafOf);
    while (nodes.length > 1) nodes = chunks(nodes).map(branchOf);
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
  with(item: T): Tree<T> {
    const [root, right] = put(this.#root, item, this.#compare);
    return new Tree(this.#compare, right ? branchOf([root, right]) : root);
  }

  /** A tree without the item that compares equal. */
  without(item: T): Tree<T> {
    let root = take(this.#root, item, this.#compare);
    while (root.children?.length === 1) root = root.children[0] as Node<T>;
    return root === this.#root ? this : new Tree(this.#compare, root);
  }

  #leafAt(place: number): { readonly leaf: Node<T>; readonly offset: number } {
    let node = this.#root;
    let offset = place;
    while (node.children) {
      let at = 0;
      for (let { size } = node.children[at] as Node<T>; offset >= size; { size } = node.children[at] as Node<T>) {
        offset -= size;
        at++;
      }
      node = node.children[at] as Node<T>;
    }
    return { leaf: node, offset };
  }
}

/** Parts for nodes that have room to grow. */
function chunks<Part>(parts: readonly Part[]): (readonly Part[])[] {
  const size = MANY - FEW;
  return Array.from({ length: Math.ceil(parts.length / size) }, (_, i) => parts.slice(i * size, (i + 1) * size));
}

const leafOf = <T>(items: readonly T[]): Node<T> => ({ items, children: undefined, size: items.length });

function branchOf<T>(children: readonly Node<T>[]): Node<T> {
  let size = 0;
  for (const child of children) size += child.size;
  return { items: children.map((child) => child.items[0] as T), children, size };
}

/** A branch with another child in a place. */
function withChild<T>({ items, children = [], size }: Node<T>, at: number, child: Node<T>): Node<T> {
  const first = child.items[0] as T;
  return {
    items: items[at] === first ? items : items.with(at, first),
    children: children.with(at, child),
    size: size - (children[at] as Node<T>).size + child.size,
  };
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
const childAt = <T>({ items }: Node<T>, leads: Leads<T>): number => Math.max(0, leading(items, leads) - 1);

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
function put<T>(node: Node<T>, item: T, compare: Compare<T>): readonly [Node<T>, Node<T>?] {
  const at = lastUpTo(node.items, item, compare);
  if (!node.children) {
    const isThere = at >= 0 && compare(node.items[at] as T, item) === 0;
    return isThere ? [leafOf(node.items.with(at, item))] : split(node.items.toSpliced(at + 1, 0, item), at, leafOf);
  }
  const child = Math.max(at, 0);
  const [left, right] = put(node.children[child] as Node<T>, item, compare);
  return right ? split(node.children.toSpliced(child, 1, left, right), child, branchOf) : [withChild(node, child, left)];
}

/** A node of what there is, or two when it is too much. What grows at its end stays full on the left. */
function split<T, Part>(
  parts: readonly Part[],
  grownAt: number,
  nodeOf: (parts: readonly Part[]) => Node<T>,
): readonly [Node<T>, Node<T>?] {
  if (parts.length <= MANY) return [nodeOf(parts)];
  const middle = grownAt === MANY - 1 ? MANY : parts.length >>> 1;
  return [nodeOf(parts.slice(0, middle)), nodeOf(parts.slice(middle))];
}

function take<T>(node: Node<T>, item: T, compare: Compare<T>): Node<T> {
  const at = lastUpTo(node.items, item, compare);
  if (!node.children) {
    const isThere = at >= 0 && compare(node.items[at] as T, item) === 0;
    return isThere ? leafOf(node.items.toSpliced(at, 1)) : node;
  }
  if (at < 0) return node;
  const before = node.children[at] as Node<T>;
  const after = take(before, item, compare);
  if (after === before) return node;
  if (after.size === 0) return node.children.length === 1 ? after : branchOf(node.children.toSpliced(at, 1));
  const isSmall = after.items.length < FEW && node.children.length > 1;
  return isSmall ? branchOf(joined(node.children.with(at, after), at)) : withChild(node, at, after);
}

/** Children, of which the one at a place is one with its neighbour. */
function joined<T>(children: readonly Node<T>[], at: number): readonly Node<T>[] {
  const left = Math.max(0, at - 1);
  const [first, second] = [children[left], children[left + 1]] as [Node<T>, Node<T>];
  const [node, other] = first.children
    ? split([...first.children, ...(second.children as readonly Node<T>[])], 0, branchOf)
    : split([...first.items, ...second.items], 0, leafOf);
  return other ? children.toSpliced(left, 2, node, other) : children.toSpliced(left, 2, node);
}
