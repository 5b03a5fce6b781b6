// What is worked out once: for objects that nobody changes, or when it is first asked for.

interface Node<Value> {
  /** By the next key; the last one has none. */
  next?: WeakMap<object, Node<Value>>;
  made?: { readonly value: Value };
}

/** The same function, which is called once for the same objects. What it throws is not kept. */
export function oncePer<Keys extends readonly object[], Value>(
  make: (...keys: Keys) => Value,
): (...keys: Keys) => Value {
  const root: Node<Value> = {};
  return (...keys) => {
    let node = root;
    for (const key of keys) {
      node.next ??= new WeakMap();
      let next = node.next.get(key);
      if (next === undefined) {
        next = {};
        node.next.set(key, next);
      }
      node = next;
    }
    node.made ??= { value: make(...keys) };
    return node.made.value;
  };
}

/** A value that is worked out when it is first asked for. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
