// One operation as a document of its own, in the form that Prism reads right: made when the operation is first asked for, so that a
// start does not grow with the document.
import { namesIn, type UserOperation } from './operations.js';
import { SchemaCopier } from './schemas.js';
import { isNode, lookUp, mapChildren, type Node, referenceOf, type UserDocument } from './shape.js';

export interface OneOperation {
  readonly document: Readonly<Record<string, unknown>>;
  /** The names of the path's parameters: each has a segment of its own. */
  readonly pathNames: readonly string[];
  readonly parameters: readonly Reading[];
  /** Do examples hold a `$ref` that is data? */
  readonly hasDataRefs: boolean;
}

/** How the value of a parameter is to be read before Prism sees it. */
export interface Reading {
  readonly name: string;
  readonly in: string;
  readonly as: 'json' | 'list' | 'spaces' | 'object' | 'text';
  readonly required: boolean;
}

type Draft = Record<string, unknown>;

/** The dialect of 3.1; without it Prism reads a schema as draft 7. */
const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** `finite`: of schemas that hold themselves only so much that a value of them ends. */
export function oneOperation(user: UserDocument, operation: UserOperation, finite = false): OneOperation {
  return new OneOperationMaker(user, operation, finite).make();
}

class OneOperationMaker {
  readonly #user: UserDocument;
  readonly #operation: UserOperation;
  readonly #schemas: SchemaCopier;
  readonly #readings: Reading[] = [];

  constructor(user: UserDocument, operation: UserOperation, finite: boolean) {
    this.#user = user;
    this.#operation = operation;
    this.#schemas = new SchemaCopier(user, finite);
  }

  make(): OneOperation {
    const { document, version } = this.#user;
    const { node, method, template } = this.#operation;
    const pathNames = namesIn(template);
    const safe = pathNames.map(safeName);
    const operation: Draft = {
      ...(node.deprecated === true ? { deprecated: true } : {}),
      parameters: this.#parameters(),
      ...(node.requestBody === undefined ? {} : { requestBody: this.#requestBody(node.requestBody) }),
      responses: this.#responses(node.responses),
    };
    for (const key of ['security', 'consumes', 'produces'])
      if ((node[key] ?? document[key]) !== undefined) operation[key] = node[key] ?? document[key];
    const paths = { [`/${safe.map((name) => `{${name}}`).join('/')}`]: { [method]: operation } };
    const schemas = this.#schemas.definitions();
    const head = { info: { title: 'one operation', version: '1' }, paths };
    const { hasDataRefs } = this.#schemas;
    const one = { pathNames, parameters: this.#readings, hasDataRefs };
    if (version === '2.0') {
      const { securityDefinitions = {} } = document;
      return { ...one, document: { swagger: '2.0', ...head, definitions: schemas, securityDefinitions } };
    }
    const components = { schemas, securitySchemes: this.#securitySchemes() };
    if (version === '3.0') return { ...one, document: { openapi: '3.0.3', ...head, components } };
    const { jsonSchemaDialect = dialect } = document;
    return { ...one, document: { openapi: '3.1.0', jsonSchemaDialect, ...head, components } };
  }

  #behind(node: unknown): Node {
    const reference = referenceOf(node);
    return reference === undefined ? (node as Node) : this.#behind(lookUp(this.#user.document, reference));
  }

  #securitySchemes(): Draft {
    const { components } = this.#user.document as { components?: Node };
    const schemes = isNode(components?.securitySchemes) ? components.securitySchemes : {};
    return Object.fromEntries(Object.entries(schemes).map(([name, scheme]) => [name, this.#behind(scheme)]));
  }

  /** The operation's own, then those of its path that it does not replace. */
  #parameters(): Draft[] {
    const written = [this.#operation.node, this.#operation.path].flatMap(({ parameters }) =>
      Array.isArray(parameters) ? parameters.map((parameter) => this.#behind(parameter)) : [],
    );
    const first = written.filter((a, i) => written.findIndex((b) => a.name === b.name && a.in === b.in) === i && !isIgnored(a));
    return first.map((parameter) => this.#parameter(parameter));
  }

  #parameter(parameter: Node): Draft {
    const { content, example: _, examples: __, ...own } = parameter;
    const copy = mapChildren(
      own,
      'parameter',
      ({ value }) => this.#schemas.copy(value, 'request'),
      (value) => this.#schemas.copyData(value),
    );
    // Prism does not look at cookies: each is read as a header of its own.
    if (parameter.in === 'cookie')
      Object.assign(copy, { in: 'header', name: carrierOf('cookie', parameter.name as string), style: 'simple' });
    if (parameter.in === 'path') copy.name = safeName(parameter.name as string);
    if (parameter.in === 'query' && (copy.style ?? 'form') === 'form') copy.explode ??= true;
    const [media] = Object.values(isNode(content) ? content : {});
    if (isNode(media)) {
      if (parameter.in === 'path') Object.assign(copy, { in: 'header', name: carrierOf('path', parameter.name as string) });
      // A schema without a type of its own is handed the value as it is.
      copy.schema = { allOf: [this.#schemas.copy(media.schema ?? {}, 'request')] };
      delete copy.style;
      this.#read(parameter, 'json');
      return copy;
    }
    if (isNode(parameter.schema)) copy.schema = this.#flatSchema(parameter.schema);
    const type = isNode(copy.schema) ? copy.schema.type : copy.type;
    if (type === 'array' && parameter.in === 'header') this.#read(parameter, 'list');
    else if (parameter.style === 'spaceDelimited' || parameter.collectionFormat === 'ssv') this.#read(parameter, 'spaces');
    else if (type === 'object') this.#read(parameter, 'object');
    else this.#read(parameter, 'text');
    return copy;
  }

  #read({ name, in: part, required }: Node, as: Reading['as']): void {
    this.#readings.push({ name: name as string, in: part as string, as, required: required === true });
  }

  /** The type of a parameter decides how its text is read: it must be in sight, and nobody can send a null. */
  #flatSchema(schema: Node): unknown {
    const whole = this.#behind(schema);
    const [only, ...more] = Array.isArray(whole.allOf) && whole.type === undefined ? whole.allOf : [];
    if (only !== undefined && more.length === 0 && isNode(only)) return this.#flatSchema(only);
    const copy = this.#schemas.copy({ ...whole, nullable: undefined }, 'request') as Draft;
    const types = Array.isArray(copy.type) ? copy.type.filter((type) => type !== 'null') : undefined;
    return types?.length === 1 ? { ...copy, type: types[0] } : copy;
  }

  #requestBody(written: unknown): Draft {
    const body = this.#behind(written);
    const content = Object.entries(isNode(body.content) ? body.content : {});
    return {
      ...(body.required === true ? { required: true } : {}),
      content: Object.fromEntries(content.map(([mediaType, media]) => [mediaType, this.#requestMedia(mediaType, media)])),
    };
  }

  #requestMedia(mediaType: string, media: unknown): Draft {
    if (!isNode(media) || media.schema === undefined) return {};
    const schema = this.#schemas.copy(media.schema, 'request');
    if (isForm(mediaType)) {
      const flat = this.#withoutObjects(this.#flatSchema(media.schema as Node) as Draft, media);
      return { schema: flat, encoding: { ...encodingOfLists(flat), ...(isNode(media.encoding) ? media.encoding : {}) } };
    }
    // Prism compares the text of a body with a schema that describes what the text means.
    const whole = this.#behind(media.schema);
    return isJson(mediaType) || whole.type === 'string' ? { schema } : {};
  }

  /** An object in a form is written as JSON, which Prism takes for a text: it is let pass. */
  #withoutObjects(flat: Draft, { schema, encoding }: Node): Draft {
    const { properties } = this.#behind(schema);
    if (!isNode(properties) || !isNode(flat.properties)) return flat;
    const passed = Object.entries(properties).filter(
      ([name, property]) =>
        isNode(property) && this.#behind(property).type === 'object' && !(isNode(encoding) && name in encoding),
    );
    return { ...flat, properties: { ...flat.properties, ...Object.fromEntries(passed.map(([name]) => [name, {}])) } };
  }

  #responses(responses: unknown): Draft {
    const pairs = Object.entries(isNode(responses) ? responses : {}).filter(([status]) => !status.startsWith('x-'));
    return Object.fromEntries(
      pairs.map(([status, written]) => {
        const key = status === 'default' ? status : status.toUpperCase();
        return [key === 'DEFAULT' ? 'default' : key, this.#response(key, this.#behind(written))];
      }),
    );
  }

  #response(status: string, response: Node): Draft {
    const headers = Object.entries(isNode(response.headers) ? response.headers : {})
      .filter(([name]) => !transport.test(name))
      .map(([name, header]) => [name, this.#header(this.#behind(header))]);
    const draft: Draft = { description: response.description ?? '', headers: Object.fromEntries(headers) };
    // No body is ever sent with these, whatever the document says.
    if (/^(1..|204|205|304)$/.test(status) || this.#operation.method === 'head') return draft;
    if (response.schema !== undefined) draft.schema = this.#schemas.copy(response.schema, 'response');
    if (isNode(response.examples)) draft.examples = this.#schemas.copyData(response.examples);
    const content = Object.entries(isNode(response.content) ? response.content : {});
    if (content.length > 0) draft.content = this.#responseContent(content);
    return draft;
  }

  #responseContent(content: readonly [string, unknown][]): Draft {
    const draft: Draft = {};
    for (const [mediaType, media] of content) {
      const name = concrete(mediaType);
      if (name in draft) continue;
      const { schema, example, examples } = isNode(media) ? media : ({} as Node);
      const named = Object.entries(isNode(examples) ? examples : {}).map(([key, written]) => {
        const { value, ...rest } = this.#behind(written);
        return [key, { ...rest, ...(value === undefined ? {} : { value: this.#schemas.copyData(value) }) }];
      });
      draft[name] = {
        ...(schema === undefined ? {} : { schema: this.#schemas.copy(schema === true ? {} : schema, 'response') }),
        ...(example === undefined ? {} : { example: this.#schemas.copyData(example) }),
        ...(named.length > 0 ? { examples: Object.fromEntries(named) } : {}),
      };
    }
    return draft;
  }

  #header(header: Node): Draft {
    const { content, ...own } = header;
    const [media] = Object.values(isNode(content) ? content : {});
    const schema = header.schema ?? (isNode(media) ? media.schema : undefined);
    const copy = this.#schemas.copyData(own) as Draft;
    if (schema !== undefined) copy.schema = asHeader(this.#schemas.copy(schema, 'response'));
    return copy;
  }
}

/** Prism finds a parameter of the path only by a plain name. */
const safeName = (name: string): string => name.replace(/[^\w-]/g, '_');

/** A header that carries what Prism does not look for where it is. */
export const carrierOf = (part: string, name: string): string => `${part} ${name}`;

/** Prism makes numbers and texts for headers, and nothing of any other type. */
function asHeader(schema: unknown): unknown {
  return isNode(schema) && schema.type === 'boolean' ? { type: 'string', enum: ['true', 'false'] } : schema;
}

/** They describe how a body travels, which only the sender knows. */
const transport = /^(content-(type|length|encoding|md5)|transfer-encoding|connection|keep-alive|date|trailer)$/i;

/** A document may describe these, and OpenAPI says that such a description counts for nothing. */
const isIgnored = ({ in: part, name }: Node): boolean =>
  part === 'header' && /^(accept|content-type|authorization)$/i.test(String(name));

export const isJson = (mediaType: string): boolean => /^(\*\/\*|application\/\*|[^;]*[/+]json\b)/i.test(mediaType);
const isForm = (mediaType: string): boolean => /^(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(mediaType);

/** The media type that is sent where the document leaves it open. */
function concrete(mediaType: string): string {
  if (mediaType === '*/*' || mediaType === 'application/*') return 'application/json';
  if (mediaType === 'text/*') return 'text/plain';
  return mediaType.replace(/^image\/\*$/, 'image/png').replace(/^(audio|video)\/\*$/, 'application/octet-stream');
}

/** A list in a form is its name repeated, unless the document says otherwise. */
function encodingOfLists({ properties }: Draft): Draft {
  const lists = Object.entries(isNode(properties) ? properties : {}).filter(
    ([, schema]) => isNode(schema) && schema.type === 'array',
  );
  return Object.fromEntries(lists.map(([name]) => [name, { style: 'form', explode: false, allowReserved: true }]));
}
