// A document that is not ours: any OpenAPI 3.1 file, read as it stands. It has no cases of ours and no relations.
import { existsSync, readFileSync } from 'node:fs';
import type { OpenAPIV3_1 } from 'openapi-types';
import type { HttpMethod, Parameter } from './document.js';
import { DocumentError, type Problem } from './problem.js';
import { parseYaml } from './yaml-file.js';

export interface ForeignResponse {
  readonly status: number;
  readonly mediaType?: string;
  /** JSON pointer of the body's schema. */
  readonly schema?: string;
  /** By name; a lone `example` is called `example`. */
  readonly examples: ReadonlyMap<string, unknown>;
}

export interface ForeignParameter extends Omit<Parameter, 'in'> {
  readonly in: string;
  /** JSON pointer of its schema. */
  readonly schema: string;
}

export interface ForeignOperation {
  /** The operationId, or method and path where the document gives none. */
  readonly id: string;
  readonly method: HttpMethod;
  readonly template: string;
  readonly parameters: readonly ForeignParameter[];
  readonly body?: { readonly schema: string; readonly required: boolean };
  readonly responses: readonly ForeignResponse[];
}

export interface ForeignDocument {
  readonly text: string;
  readonly document: OpenAPIV3_1.Document;
  readonly operations: readonly ForeignOperation[];
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Message = { content?: { [mediaType: string]: OpenAPIV3_1.MediaTypeObject } };

/** Reads an OpenAPI 3.1 file. Throws a DocumentError that lists every problem. */
export function readForeignDocument(file: string): ForeignDocument {
  if (!existsSync(file)) {
    throw new DocumentError([
      { file, line: 1, column: 1, what: 'there is no such file', fix: 'name an OpenAPI 3.1 file, YAML or JSON' },
    ]);
  }
  const { value, at, problems } = parseYaml(readFileSync(file, 'utf8'), file);
  if (problems.length > 0) throw new DocumentError(problems);
  const document = value as OpenAPIV3_1.Document | undefined;
  if (typeof document?.openapi !== 'string' || !document.openapi.startsWith('3.1')) {
    throw new DocumentError([
      at('/openapi', `is not OpenAPI 3.1 but ${document?.openapi ?? 'something else'}`, 'convert the document to OpenAPI 3.1'),
    ]);
  }
  const broken = brokenReferences(document, at);
  if (broken.length > 0) throw new DocumentError(broken);
  const operations = readOperations(document);
  if (operations.length === 0) throw new DocumentError([at('/paths', 'describes no operation', 'add a path with a method')]);
  return { text: JSON.stringify(document), document, operations };
}

function brokenReferences(
  document: OpenAPIV3_1.Document,
  at: (pointer: string, what: string, fix: string) => Problem,
): Problem[] {
  const problems: Problem[] = [];
  const walk = (node: unknown, pointer: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      const here = `${pointer}/${escapeToken(key)}`;
      if (key !== '$ref' || typeof value !== 'string') walk(value, here);
      else if (!value.startsWith('#/'))
        problems.push(
          at(
            here,
            `refers to another file, ${value}`,
            'bundle the document into one file first, for example with `npx @redocly/cli bundle`',
          ),
        );
      else if (lookUp(document, value) === undefined)
        problems.push(at(here, `refers to ${value}, which is not there`, 'correct the reference'));
    }
  };
  walk(document, '');
  return problems;
}

function readOperations(document: OpenAPIV3_1.Document): ForeignOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([template, item]) =>
    methods.flatMap((method) => {
      const source = item?.[method];
      if (!item || !source) return [];
      const base = `#/paths/${escapeToken(template)}`;
      const shared = (item.parameters ?? []).map((node, i) => readParameter(document, node, `${base}/parameters/${i}`));
      const own = (source.parameters ?? []).map((node, i) => readParameter(document, node, `${base}/${method}/parameters/${i}`));
      const body =
        source.requestBody &&
        follow<OpenAPIV3_1.RequestBodyObject>(document, source.requestBody, `${base}/${method}/requestBody`);
      const schema = body && jsonSchema(body.node, body.pointer);
      return [
        {
          id: source.operationId ?? `${method.toUpperCase()} ${template}`,
          method: method.toUpperCase() as HttpMethod,
          template,
          parameters: [...shared.filter((a) => !own.some((b) => a.name === b.name && a.in === b.in)), ...own],
          ...(body && schema ? { body: { schema, required: body.node.required ?? false } } : {}),
          responses: Object.entries(source.responses ?? {}).flatMap(([status, node]) =>
            /^\d{3}$/.test(status) ? [readResponse(document, Number(status), node, `${base}/${method}/responses/${status}`)] : [],
          ),
        },
      ];
    }),
  );
}

function readParameter(document: OpenAPIV3_1.Document, reference: unknown, place: string): ForeignParameter {
  const { node, pointer } = follow<OpenAPIV3_1.ParameterObject>(document, reference, place);
  const schema = follow<OpenAPIV3_1.SchemaObject>(document, node.schema ?? {}, `${pointer}/schema`);
  const types = [schema.node.type].flat();
  return {
    name: node.name,
    in: node.in,
    required: node.required ?? false,
    type: (['integer', 'number', 'boolean'] as const).find((type) => types.includes(type)) ?? 'string',
    schema: schema.pointer,
  };
}

function readResponse(document: OpenAPIV3_1.Document, status: number, reference: unknown, place: string): ForeignResponse {
  const { node, pointer } = follow<OpenAPIV3_1.ResponseObject>(document, reference, place);
  const [mediaType] = Object.keys(node.content ?? {}).sort((a, b) => Number(isJson(b)) - Number(isJson(a)));
  const media = mediaType === undefined ? undefined : node.content?.[mediaType];
  const named = Object.entries(media?.examples ?? {}).map(
    ([name, example]) => [name, follow<OpenAPIV3_1.ExampleObject>(document, example, '').node.value] as const,
  );
  const schema = jsonSchema(node, pointer);
  return {
    status,
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(schema === undefined ? {} : { schema }),
    examples: new Map(media && 'example' in media ? [['example', media.example], ...named] : named),
  };
}

const isJson = (mediaType: string): boolean => /[/+]json\b/.test(mediaType);

function jsonSchema({ content = {} }: Message, pointer: string): string | undefined {
  const mediaType = Object.keys(content).find(isJson);
  return mediaType !== undefined && content[mediaType]?.schema
    ? `${pointer}/content/${escapeToken(mediaType)}/schema`
    : undefined;
}

/** The node behind a reference, and where it really stands. */
function follow<Node>(document: OpenAPIV3_1.Document, reference: unknown, pointer: string): { node: Node; pointer: string } {
  const target = (reference as { $ref?: string }).$ref;
  return target === undefined ? { node: reference as Node, pointer } : follow(document, lookUp(document, target), target);
}

function lookUp(document: OpenAPIV3_1.Document, pointer: string): unknown {
  let at: unknown = document;
  for (const token of pointer.split('/').slice(1)) {
    at = (at as Record<string, unknown> | undefined)?.[decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return at;
}

const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');
