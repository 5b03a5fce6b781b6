// The keywords of a document's schemas that the query or the body of a request can break, read
// without the mock server's own reader.
import type { Json } from '../../src/spec/message.js';
import { atPointer } from '../../src/spec/pointer.js';

type Node = { readonly [key: string]: Node } & { readonly $ref?: string };

const entries = (node: Node | undefined): [string, Node][] =>
  Object.entries(node ?? {}) as [string, Node][];

export function requestKeywords(document: object): ReadonlySet<string> {
  const resolve = (node: Node): Node =>
    node.$ref === undefined
      ? node
      : resolve(atPointer(document as Json, node.$ref.slice(1)) as unknown as Node);
  const used = new Set<string>();
  const visit = (schema: Node): void => {
    for (const [keyword, value] of entries(schema)) {
      if (/^(title|description|default|examples|x-.*)$/.test(keyword)) continue;
      if (keyword === 'properties') for (const [, property] of entries(value)) visit(property);
      else if (keyword === '$ref') visit(resolve(schema));
      else if (/^(items|propertyNames|additionalProperties)$/.test(keyword)) {
        if (typeof value === 'object') visit(value);
        else used.add(keyword);
      } else used.add(keyword);
    }
  };
  for (const [, item] of entries((document as Node).paths))
    for (const operation of [item, ...entries(item).map(([, one]) => one)]) {
      const parameters = (operation.parameters as unknown as Node[] | undefined) ?? [];
      for (const parameter of parameters.map(resolve))
        if (String(parameter.in) === 'query') visit(parameter.schema as Node);
      if (operation.requestBody)
        visit(resolve(operation.requestBody).content?.['application/json']?.schema as Node);
    }
  return used;
}
