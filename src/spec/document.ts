// Reads the bundled document and flattens it into operations. All other code uses these, never the
// raw document.
import type { OpenAPIV3_1 } from 'openapi-types';
import type { Case, CaseProvenance } from './case.js';
import type { OperationId } from './cases.gen.js';
import { pathNamesIn } from './match.js';
import type { Json, JsonObject } from './message.js';
import { atPointer } from './pointer.js';
import type { Relation } from './relation.js';
import { changeAt } from './values.js';

export type { OperationId } from './cases.gen.js';
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  readonly default?: Json;
}

export interface DocumentedResponse {
  readonly status: number;
  /** Absent where the response has no body. */
  readonly mediaType?: string;
  /** The component that describes the body. */
  readonly schema?: string;
  /** The field of the body that is a list of which the schema asks nothing but that its items are valid. */
  readonly list?: string;
  readonly requiredHeaders: readonly string[];
  readonly relations: readonly Relation[];
}

export interface Operation<Id extends string = OperationId> {
  readonly id: Id;
  readonly method: HttpMethod;
  readonly template: string;
  /** The parameters of the template, in order; the last names what the operation is about. */
  readonly pathNames: readonly string[];
  readonly tag: string;
  readonly parameters: readonly Parameter[];
  /**
   * The JSON body, where the operation takes one: the component that describes it and the fields it
   * knows.
   */
  readonly body?: { readonly schema: string; readonly fields: readonly string[] };
  readonly responses: ReadonlyMap<number, DocumentedResponse>;
  readonly cases: ReadonlyMap<string, Case>;
}

export interface CommonHeader {
  readonly name: string;
  readonly value?: string;
}

/** A document, ready to be asked; the shipped one, unless its operations are named otherwise. */
export interface Spec<Id extends string = OperationId> {
  readonly version: string;
  /** The bundled document, byte for byte as it is served. */
  readonly text: string;
  readonly operations: ReadonlyMap<Id, Operation<Id>>;
  /** Cases of requests that reach no operation, by name. */
  readonly unrouted: ReadonlyMap<string, Case>;
  /**
   * An error that nobody has documented, in the document's envelope; undefined where the document
   * has none.
   */
  readonly invented: (status: number) => Json | undefined;
  /** `details.message` of a faulty field, by schema keyword. */
  readonly fieldMessages: Readonly<Record<string, string>>;
  /** The known values of `error.type`; another value is a notice, not a failure. */
  readonly errorTypes: readonly string[];
  /** Headers that any answer may carry, lower-case; those with a value are always sent with it. */
  readonly commonHeaders: readonly CommonHeader[];
  /** Where an operation, or `operation.case`, stands in `openapi/`, as `file:line`. */
  readonly place: (operation: string, caseName?: string) => string;
}

interface Extended {
  'x-relations'?: Relation[];
  'x-cases'?: Record<string, CaseProvenance>;
}
type ResponseObject = OpenAPIV3_1.ResponseObject & Extended;
type ExampleObject = OpenAPIV3_1.ExampleObject & { 'x-case': CaseProvenance };
type Document = OpenAPIV3_1.Document & {
  'x-error-relations': Relation[];
  'x-field-messages': Record<string, string>;
  'x-common-headers': CommonHeader[];
  'x-unrouted': Record<string, ResponseObject>;
  /** For statuses from 400 and from 500 on. */
  'x-invented'?: { readonly client: JsonObject; readonly server: JsonObject };
};

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Lines by file, operation and case; that of an operation itself by an empty name. */
export type Places = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>
>;

/** By the places that `npm run gen` has written down. */
export const placeIn = (places: Places): Spec['place'] => {
  const find = (operation: string, name: string): string | undefined => {
    const file = Object.keys(places).find((one) => places[one]?.[operation]?.[name] !== undefined);
    return file && `${file}:${places[file]?.[operation]?.[name]}`;
  };
  return (operation, caseName = '') =>
    find(operation, caseName) ?? find(operation, '') ?? 'openapi/openapi.yaml';
};

/**
 * Reads a bundled document that is written as the shipped one is: a named example for each case,
 * `x-unrouted`, `x-field-messages`.
 */
export function readSpec<Id extends string>(text: string, place: Spec['place']): Spec<Id> {
  const document = JSON.parse(text) as Document;
  const resolve = <Node extends object>(node: Node | OpenAPIV3_1.ReferenceObject): Node =>
    '$ref' in node && typeof node.$ref === 'string'
      ? resolve(atPointer(document as unknown as Json, node.$ref.slice(1)) as Node)
      : (node as Node);

  const operations = new Map<Id, Operation<Id>>();
  for (const [template, item] of Object.entries(document.paths ?? {})) {
    for (const method of methods) {
      const source = item?.[method] as (OpenAPIV3_1.OperationObject & Extended) | undefined;
      if (!item || !source) continue;
      const responses = Object.entries(source.responses ?? {}).map(
        ([status, response]) =>
          [Number(status), resolve<ResponseObject>(response as ResponseObject)] as const,
      );
      const id = source.operationId as Id;
      operations.set(id, {
        id,
        method: method.toUpperCase() as HttpMethod,
        template,
        pathNames: pathNamesIn(template),
        tag: source.tags?.[0] ?? '',
        parameters: [...(item.parameters ?? []), ...(source.parameters ?? [])].map((parameter) =>
          readParameter(
            resolve<OpenAPIV3_1.ParameterObject>(parameter as OpenAPIV3_1.ParameterObject),
            resolve,
          ),
        ),
        ...bodyOf(
          document,
          source.requestBody && resolve(source.requestBody as OpenAPIV3_1.RequestBodyObject),
        ),
        responses: new Map(
          responses.map(([status, response]) => [
            status,
            readResponse(document, status, response, resolve),
          ]),
        ),
        cases: new Map(
          responses
            .flatMap(([status, response]) => readCases(status, response, resolve))
            .map((c) => [c.name, c]),
        ),
      });
    }
  }
  const unrouted = Object.entries(document['x-unrouted']).flatMap(([status, response]) =>
    readCases(Number(status), response, resolve),
  );
  return {
    version: document.info.version,
    text,
    operations,
    unrouted: new Map(unrouted.map((c) => [c.name, c])),
    invented: (status) => {
      const invented = document['x-invented']?.[status < 500 ? 'client' : 'server'];
      return invented && changeAt(invented, '/error/status', () => status);
    },
    fieldMessages: document['x-field-messages'],
    errorTypes: errorTypesOf(document),
    commonHeaders: document['x-common-headers'],
    place,
  };
}

function errorTypesOf(document: Document): readonly string[] {
  const envelope = document.components?.schemas?.Error as OpenAPIV3_1.SchemaObject | undefined;
  const error = envelope?.properties?.error as OpenAPIV3_1.SchemaObject | undefined;
  const type = error?.properties?.type as
    | { readonly 'x-known-values'?: readonly string[] }
    | undefined;
  return type?.['x-known-values'] ?? [];
}

type Resolve = <Node extends object>(node: Node | OpenAPIV3_1.ReferenceObject) => Node;

function readParameter(parameter: OpenAPIV3_1.ParameterObject, resolve: Resolve): Parameter {
  const schema = resolve<OpenAPIV3_1.SchemaObject>(parameter.schema as OpenAPIV3_1.SchemaObject);
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return {
    name: parameter.name,
    in: parameter.in as Parameter['in'],
    required: parameter.required ?? false,
    type:
      (['integer', 'number', 'boolean'] as const).find((type) => types.includes(type)) ?? 'string',
    ...(schema.default === undefined ? {} : { default: schema.default as Json }),
  };
}

function readResponse(
  document: Document,
  status: number,
  response: ResponseObject,
  resolve: Resolve,
): DocumentedResponse {
  const [mediaType] = Object.keys(response.content ?? {});
  const schema = componentOf(response);
  const list = schema && listIn(document.components?.schemas?.[schema]);
  const headers = Object.entries(response.headers ?? {}) as [string, OpenAPIV3_1.HeaderObject][];
  return {
    status,
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(schema === undefined ? {} : { schema }),
    ...(list === undefined ? {} : { list }),
    requiredHeaders: headers
      .filter(([, header]) => resolve(header).required)
      .map(([name]) => name.toLowerCase()),
    relations: [
      ...(status >= 400 ? document['x-error-relations'] : []),
      ...(response['x-relations'] ?? []),
    ],
  };
}

/** What a list may say of itself without asking anything of its items together. */
const ofEachItem = new Set(['type', 'items', 'description']);

function listIn(component: object = {}): string | undefined {
  const { type, properties = {}, ...rest } = component as OpenAPIV3_1.SchemaObject;
  // What joins schemas may say more of the list.
  if (type !== 'object' || Object.keys(rest).some((key) => /Of$|^(if|not|\$ref)$/.test(key)))
    return undefined;
  const lists = Object.entries(properties).filter(
    ([, field]) =>
      'type' in field &&
      field.type === 'array' &&
      Object.keys(field).every((keyword) => ofEachItem.has(keyword)),
  );
  return lists.length === 1 ? lists[0]?.[0] : undefined;
}

type Content = { content?: { [mediaType: string]: OpenAPIV3_1.MediaTypeObject } };

/** The name of the component behind a JSON body; `npm run gen` sees to it that there is one. */
function componentOf(message: Content | undefined): string | undefined {
  const schema = message?.content?.['application/json']?.schema as { $ref?: string } | undefined;
  return schema?.$ref?.split('/').at(-1);
}

function bodyOf(document: Document, body: Content | undefined): Pick<Operation, 'body'> {
  const schema = componentOf(body);
  if (schema === undefined) return {};
  const component = document.components?.schemas?.[schema] as OpenAPIV3_1.SchemaObject;
  return { body: { schema, fields: Object.keys(component.properties ?? {}) } };
}

function readCases(status: number, response: ResponseObject, resolve: Resolve): readonly Case[] {
  const bodiless = Object.entries(response['x-cases'] ?? {}).map(([name, provenance]) => ({
    name,
    status,
    ...provenance,
  }));
  const examples = Object.values(response.content ?? {}).flatMap((media) =>
    Object.entries(media.examples ?? {}),
  );
  return [
    ...bodiless,
    ...examples.map(([name, reference]) => {
      const example = resolve<ExampleObject>(reference as ExampleObject);
      return { name, status, ...example['x-case'], value: example.value as Json };
    }),
  ];
}
