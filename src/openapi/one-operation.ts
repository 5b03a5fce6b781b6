// One operation as a document of its own, in the form that Prism reads right: made when the
// operation is first asked for, so that a start does not grow with the document.
import { HeaderCopier } from './header-copier.js';
import { concrete, isForm, isJson } from './media-types.js';
import { namesIn, type UserOperation } from './operations.js';
import { type Cut, SchemaCopier } from './schemas.js';
import {
  dereferenced,
  isNode,
  listOf,
  mapChildren,
  type Node,
  type UserDocument,
} from './shape.js';

export interface OneOperation {
  readonly document: Readonly<Record<string, unknown>>;
  /** What the schemas of the document refer to. */
  readonly definitions: Readonly<Record<string, unknown>>;
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
  /** Does `name=` stand for no value at all? */
  readonly mayBeEmpty: boolean;
}

type Draft = Record<string, unknown>;

/** The dialect of 3.1; without it Prism reads a schema as draft 7. */
const dialect = 'https://json-schema.org/draft/2020-12/schema';

export function oneOperation(
  user: UserDocument,
  operation: UserOperation,
  cut?: Cut,
): OneOperation {
  return new OneOperationMaker(user, operation, cut).make();
}

class OneOperationMaker {
  readonly #user: UserDocument;
  readonly #operation: UserOperation;
  readonly #schemas: SchemaCopier;
  readonly #headers: HeaderCopier;
  readonly #readings: Reading[] = [];

  constructor(user: UserDocument, operation: UserOperation, cut: Cut | undefined) {
    this.#user = user;
    this.#operation = operation;
    this.#schemas = new SchemaCopier(user, cut);
    this.#headers = new HeaderCopier(user, this.#schemas);
  }

  make(): OneOperation {
    const { document, version } = this.#user;
    const { node, method, template } = this.#operation;
    const pathNames = namesIn(template);
    const safe = pathNames.map(safeName);
    const operation: Draft = {
      ...(node.deprecated === true ? { deprecated: true } : {}),
      parameters: this.#parameters(),
      ...(node.requestBody === undefined
        ? {}
        : { requestBody: this.#requestBody(node.requestBody) }),
      responses: this.#responses(node.responses),
    };
    for (const key of ['security', 'consumes', 'produces'])
      if ((node[key] ?? document[key]) !== undefined) operation[key] = node[key] ?? document[key];
    const paths = { [`/${safe.map((name) => `{${name}}`).join('/')}`]: { [method]: operation } };
    const definitions = this.#schemas.definitions();
    const head = { info: { title: 'one operation', version: '1' }, paths };
    const { hasDataRefs } = this.#schemas;
    const one = { definitions, pathNames, parameters: this.#readings, hasDataRefs };
    if (version === '2.0') {
      const { securityDefinitions = {} } = document;
      return { ...one, document: { swagger: '2.0', ...head, securityDefinitions } };
    }
    // A schema of 3.0 has become one of 3.1.
    const jsonSchemaDialect = (version === '3.1' && document.jsonSchemaDialect) || dialect;
    const components = { securitySchemes: this.#securitySchemes() };
    return { ...one, document: { openapi: '3.1.0', jsonSchemaDialect, ...head, components } };
  }

  #behind(node: unknown): Node {
    return dereferenced(this.#user.document, node) as Node;
  }

  #securitySchemes(): Draft {
    const { components } = this.#user.document as { components?: Node };
    const schemes = isNode(components?.securitySchemes) ? components.securitySchemes : {};
    return Object.fromEntries(
      Object.entries(schemes).map(([name, scheme]) => [name, this.#behind(scheme)]),
    );
  }

  /** The operation's own, then those of its path that it does not replace. */
  #parameters(): Draft[] {
    const written = [this.#operation.node, this.#operation.path].flatMap(({ parameters }) =>
      Array.isArray(parameters) ? parameters.map((parameter) => this.#behind(parameter)) : [],
    );
    const first = written.filter(
      (a, i) => written.findIndex((b) => a.name === b.name && a.in === b.in) === i && !isIgnored(a),
    );
    return first.map((parameter) => this.#parameter(parameter));
  }

  #parameter(parameter: Node): Draft {
    const { content, example: _, examples: __, ...own } = parameter;
    const copy = mapChildren(
      own,
      'parameter',
      ({ value }) =>
        parameter.in === 'body'
          ? this.#schemas.copy(value, 'request')
          : this.#schemas.copyWhole(value, 'request'),
      (value) => this.#schemas.copyData(value),
    );
    // Prism does not look at cookies: each is read as a header of its own.
    if (parameter.in === 'cookie')
      Object.assign(copy, {
        in: 'header',
        name: carrierOf('cookie', parameter.name as string),
        style: 'simple',
      });
    if (parameter.in === 'path') copy.name = safeName(parameter.name as string);
    // Swagger 2.0: a file in a form.
    if (copy.type === 'file') copy.type = 'string';
    if (parameter.in === 'query' && (copy.style ?? 'form') === 'form') copy.explode ??= true;
    const [media] = Object.values(isNode(content) ? content : {});
    if (isNode(media)) {
      if (parameter.in === 'path')
        Object.assign(copy, { in: 'header', name: carrierOf('path', parameter.name as string) });
      // A schema without a type of its own is handed the value as it is.
      copy.schema = { allOf: [this.#schemas.copyWhole(media.schema ?? {}, 'request')] };
      delete copy.style;
      this.#read(parameter, 'json');
      return copy;
    }
    if (isNode(parameter.schema)) copy.schema = this.#flatSchema(parameter.schema);
    const type = isNode(copy.schema) ? copy.schema.type : copy.type;
    if (type === 'array' && parameter.in === 'header') this.#read(parameter, 'list');
    else if (parameter.style === 'spaceDelimited' || parameter.collectionFormat === 'ssv')
      this.#read(parameter, 'spaces');
    else if (type === 'object') this.#read(parameter, 'object');
    else this.#read(parameter, 'text');
    return copy;
  }

  #read({ name, in: part, required, allowEmptyValue }: Node, as: Reading['as']): void {
    const mayBeEmpty = part === 'query' && allowEmptyValue === true;
    this.#readings.push({
      name: name as string,
      in: part as string,
      as,
      required: required === true,
      mayBeEmpty,
    });
  }

  /**
   * The type of a parameter decides how its text is read: it must be in sight, and nobody can send
   * a null.
   */
  #flatSchema(schema: Node): Draft {
    const whole = this.#behind(schema);
    for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
      const { [keyword]: written, ...beside } = whole;
      const [only, ...more] = this.#partsOf(written);
      if (whole.type === undefined && only && more.length === 0)
        return this.#flatSchema({ ...beside, ...only });
    }
    const copy = this.#schemas.copyWhole(
      { ...whole, nullable: undefined, 'x-nullable': undefined },
      'request',
    ) as Draft;
    const types = Array.isArray(copy.type)
      ? copy.type.filter((type) => type !== 'null')
      : undefined;
    if (types?.length === 1) [copy.type] = types;
    // A text may be read as several types at once, and none of them is more right: one is enough.
    if (copy.oneOf && !copy.anyOf && differInType(this.#partsOf(whole.oneOf))) {
      copy.anyOf = copy.oneOf;
      delete copy.oneOf;
    }
    return copy;
  }

  /** The schemas of `allOf` and its like, but for those of null. */
  #partsOf(written: unknown): readonly Node[] {
    const parts = Array.isArray(written) ? written.map((part) => this.#behind(part)) : [];
    return parts.filter((part) => isNode(part) && part.type !== 'null');
  }

  #requestBody(written: unknown): Draft {
    const body = this.#behind(written);
    const content = Object.entries(isNode(body.content) ? body.content : {});
    return {
      ...(body.required === true ? { required: true } : {}),
      content: Object.fromEntries(
        content.map(([mediaType, media]) => [mediaType, this.#requestMedia(mediaType, media)]),
      ),
    };
  }

  #requestMedia(mediaType: string, media: unknown): Draft {
    if (!isNode(media) || media.schema === undefined) return {};
    const schema = this.#schemas.copy(media.schema, 'request');
    if (isForm(mediaType)) return this.#form(media);
    // Prism compares the text of a body with a schema that describes what the text means.
    const whole = this.#behind(media.schema);
    return isJson(mediaType) || whole.type === 'string' ? { schema } : {};
  }

  #form({ schema, encoding }: Node): Draft {
    const whole = this.#joined(schema as Node);
    const written = isNode(encoding) ? encoding : {};
    const encodings: Draft = {};
    const properties: Draft = {};
    for (const [name, property] of Object.entries(
      isNode(whole.properties) ? whole.properties : {},
    )) {
      const flat = isNode(property) ? this.#flatSchema(property) : property;
      const own = isNode(written[name]) ? written[name] : undefined;
      properties[name] = flat;
      if (isNode(flat) && (flat.type === 'array' || flat.type === 'object'))
        encodings[name] = { ...inOneText, ...own };
      else if (own) encodings[name] = own;
      if (isNode(flat) && flat.type === 'object' && own?.style === undefined)
        properties[name] = isJson(String(own?.contentType ?? 'application/json'))
          ? asListOfOne(flat)
          : {};
    }
    const copy = this.#schemas.copyWhole(whole, 'request') as Draft;
    // Without properties Prism takes every field; with an empty map it takes none.
    return { schema: whole.properties ? { ...copy, properties } : copy, encoding: encodings };
  }

  /** An object that is put together by `allOf`, as one schema. */
  #joined(schema: Node): Node {
    const { allOf, ...whole } = this.#behind(schema);
    const all = [...this.#partsOf(allOf).map((part) => this.#joined(part)), whole];
    const joined: Draft = Object.assign({}, ...all);
    if (all.some(({ properties }) => isNode(properties)))
      joined.properties = Object.assign({}, ...all.map((part) => part.properties));
    if (all.some(({ required }) => Array.isArray(required)))
      joined.required = all.flatMap(({ required }) => listOf(required));
    return joined;
  }

  #responses(responses: unknown): Draft {
    const pairs = Object.entries(isNode(responses) ? responses : {}).filter(
      ([status]) => !status.startsWith('x-'),
    );
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
      .map(([name, header]) => [name, this.#headers.copy(this.#behind(header))]);
    const draft: Draft = {
      description: response.description ?? '',
      headers: Object.fromEntries(headers),
    };
    // No body is ever sent with these, whatever the document says.
    if (/^(1..|204|205|304)$/.test(status) || this.#operation.method === 'head') return draft;
    if (response.schema !== undefined)
      draft.schema = this.#schemas.copyOfAnswer(response.schema, 'response');
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
        return [
          key,
          { ...rest, ...(value === undefined ? {} : { value: this.#schemas.copyData(value) }) },
        ];
      });
      draft[name] = {
        ...(schema === undefined
          ? {}
          : { schema: this.#schemas.copyOfAnswer(schema === true ? {} : schema, 'response') }),
        ...(example === undefined ? {} : { example: this.#schemas.copyData(example) }),
        ...(named.length > 0 ? { examples: Object.fromEntries(named) } : {}),
      };
    }
    return draft;
  }
}

/** Prism finds a parameter of the path only by a plain name. */
const safeName = (name: string): string => name.replace(/[^\w-]/g, '_');

/** A header that carries what Prism does not look for where it is. */
export const carrierOf = (part: string, name: string): string => `${part} ${name}`;

/** They describe how a body travels, which only the sender knows. */
const transport =
  /^(content-(type|length|encoding|md5)|transfer-encoding|connection|keep-alive|date|trailer)$/i;

/** A document may describe these, and OpenAPI says that such a description counts for nothing. */
const isIgnored = ({ in: part, name }: Node): boolean =>
  part === 'header' && /^(accept|content-type|authorization)$/i.test(String(name));

/** How a field of a form is read that holds more than one value: as one text with commas. */
const inOneText = { style: 'form', explode: false, allowReserved: true };

/** Prism reads an object of JSON in a form only as the item of a list. */
const asListOfOne = (items: Draft): Draft => ({ type: 'array', maxItems: 1, items });

function differInType(parts: readonly Node[]): boolean {
  const types = parts.map(({ type }) => (type === 'integer' ? 'number' : type));
  return new Set(types).size === parts.length;
}
