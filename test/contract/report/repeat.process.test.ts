import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FindingCode } from '../../../src/contract/judge/deviation.js';
import { judge } from '../../../src/contract/judge/judge.js';
import { redact } from '../../../src/contract/report/redact.js';
import { repeatChain } from '../../../src/contract/report/repeat.js';
import type { Exchanged } from '../../../src/contract/run/exchanged.js';
import type { Finding } from '../../../src/contract/run/finding.js';
import type { CallerName } from '../../../src/contract/tables/caller.js';
import { createUnderstudy, type OperationId } from '../../../src/index.js';
import { createMatcher } from '../../../src/spec/match.js';
import type { Json, PlainResponse } from '../../../src/spec/message.js';
import { credentialsOf, runChain } from '../../support/chain.js';
import { driftedRun, profile, spec, withoutEdges } from '../../support/drifted-run.js';
import { itInFull, sample, whole } from '../../support/sample.js';

const credentials = credentialsOf(profile);
const match = createMatcher(spec.operations.values());

/** What kind of body an answer has: the types of its fields, and the code of its error. */
function kindOf({ body }: PlainResponse): unknown {
  const kind = (value: Json | undefined, key = ''): unknown => {
    if (Array.isArray(value)) return value.slice(0, 1).map((item) => kind(item));
    if (value === null || typeof value !== 'object')
      return key === 'code' || key === 'type' ? value : typeof value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, kind(item as Json, name)]),
    );
  };
  try {
    return body === undefined ? 'none' : kind(JSON.parse(body) as Json);
  } catch {
    return `no JSON: ${body?.slice(0, 3)}`;
  }
}

describe('the chain of a finding, run on a fresh server with the same drift', () => {
  // No id that a run has made can be right by chance: the fresh server makes others.
  const FRESH_IDS = 77;
  const original = JSON.stringify(createUnderstudy().world.snapshot());

  const all: readonly [drift: string, code: FindingCode, operations?: OperationId[]][] = [
    ['guard:addVectorStoreToSpace.edit_access_required', 'CASE_WRONG'],
    ['guard:addVectorStoreToSpace.already_attached', 'CASE_WRONG'],
    ['guard:updateComposite.member_not_usable', 'CASE_WRONG'],
    ['credential:getSpace.api_key_expired', 'CASE_WRONG'],
    ['credential:getSpace.invalid_api_key', 'CASE_WRONG'],
    ['credential:getThread.token_invalid', 'CASE_WRONG'],
    ['credential:listThreads.token_expired', 'CASE_WRONG'],
    ['request:createSpace.malformed_json', 'CASE_WRONG'],
    ['request:createSpace.not_utf8', 'CASE_WRONG'],
    ['request:createSpace.too_deep', 'CASE_WRONG'],
    ['request:createSpace.invalid_text', 'CASE_WRONG'],
    ['request:createVectorStore.unsupported_content_type', 'CASE_WRONG'],
    ['request:listSpaces.invalid_parameter', 'CASE_WRONG'],
    ['write:addVectorStoreToSpace', 'STATE_WRONG'],
    ['write:removeThreadFromSpace', 'STATE_WRONG'],
    ['write:deleteVectorStore', 'STATE_WRONG'],
    ['ignore:listSpaces.query.limit', 'RELATION_BROKEN'],
    ['ignore:updateSpace.body.description', 'RELATION_BROKEN'],
    ['ignore:listSpaceThreads.query.cursor', 'STATE_WRONG'],
    ['status:getSpace.space_not_found', 'CASE_WRONG'],
    ['code:removeVectorStoreFromSpace.not_attached', 'CASE_WRONG'],
    ['relation:addVectorStoreToSpace.201.equal/vector_store_id', 'RELATION_BROKEN'],
    ['relation:getSpace.200.not_before/updated_at', 'RELATION_BROKEN'],
    ['drop:createThread.201/created_at', 'SCHEMA_BROKEN'],
    ['null:getVectorStore.200/data/name', 'SCHEMA_BROKEN'],
    ['retype:listSlices.200/items/*/name', 'SCHEMA_BROKEN'],
    ['hand:removeVectorStoreFromSpace.refused_but_done', 'REFUSAL_CHANGED_STATE'],
    ['hand:updateSpace.refused_but_done', 'REFUSAL_CHANGED_STATE'],
    ['hand:getSpace.html', 'CASE_WRONG'],
    ['hand:listMessages.cut_short', 'BODY_UNREADABLE'],
    ['hand:listStores.leaks_foreign', 'RELATION_BROKEN'],
    ['hand:bare_errors', 'SCHEMA_BROKEN', ['getStore']],
    ['hand:ok_always', 'CASE_WRONG', ['pinThread']],
    ['hand:no_media_type', 'MEDIA_TYPE_WRONG', ['getSlice']],
  ];

  // Seen in a look after the request, not in the answer that is judged.
  const inLooks: readonly FindingCode[] = ['STATE_WRONG', 'REFUSAL_CHANGED_STATE'];

  it.each(sample(all, ([drift]) => drift, whole ? 1 : 30))(
    'shows %s again, as %s',
    async (drift, code, operations) => {
      const ofTheCode = (findings: readonly Finding[]): Finding[] =>
        findings.filter((found) => found.code === code && found.severity !== 'notice');
      const enough = new AbortController();
      const concerned = operations ?? [/^\w+:(\w+)/.exec(drift)?.[1] as OperationId];
      const report = await driftedRun(drift, concerned, {
        // The edges of the schemas show most of it a second time.
        ...(whole ? {} : { contracts: withoutEdges(concerned) }),
        signal: enough.signal,
        onRow: ({ findings }) => {
          if (ofTheCode(findings).some((found) => found.case !== '' || inLooks.includes(code)))
            enough.abort();
        },
      });
      const findings = ofTheCode(report.findings);
      const finding = findings.find((found) => found.case !== '') ?? findings[0];
      if (!finding)
        throw new Error(
          `Only ${report.findings.map((found) => `${found.code} ${found.operation}`).join(', ')}.`,
        );
      const chain = repeatChain(finding);

      for (const [, id] of finding.calls.flatMap(({ response }) => [
        ...(response?.body ?? '').matchAll(/id":"([^"]+)"/g),
      ]))
        if (!original.includes(`"${id}"`)) expect(chain).not.toContain(id);
      expect(chain).not.toMatch(/understudy-\d/);
      for (const secret of Object.values(credentials)) expect(chain).not.toContain(secret);

      const fresh = createUnderstudy({ drift, seed: FRESH_IDS });
      const { url } = await fresh.listen({ port: 0 });
      const { code: exit, stderr, answer } = await runChain(chain, url, credentials);
      await fresh.close();
      expect([exit, stderr]).toEqual([0, expect.stringContaining('expected: ')]);
      expect(fresh.journal.map(({ operation }) => operation)).toEqual(
        finding.calls.map(({ operation }) => operation),
      );

      const last = finding.calls.at(-1) as Exchanged & { response: PlainResponse };
      expect(answer.status).toBe(last.response.status);
      expect(answer.headers['content-type']).toBe(last.response.headers['content-type']);
      expect(kindOf(answer)).toEqual(kindOf(last.response));
      // What a state says the judge of one exchange does not see; and what was sent in a body the
      // journal does not tell.
      if (inLooks.includes(code) || drift.startsWith('ignore:updateSpace')) return;
      const asked = new URL(fresh.journal.at(-1)?.target ?? '', url);
      const matched = match(last.request.method, asked.pathname);
      if (matched.kind !== 'operation') throw new Error(`${asked.pathname} is of no operation.`);
      const again = judge(
        {
          spec,
          operation: matched.operation,
          asked: {
            path: matched.path,
            query: Object.fromEntries(asked.searchParams),
            requestBody: undefined,
          },
          response: answer,
        },
        finding.case === '' ? {} : { cases: [finding.case] },
      );
      expect(again.deviations).toContainEqual(
        expect.objectContaining({ code, pointer: finding.pointer }),
      );
    },
  );
});

// Calls made up, against a server that keeps what it is sent and answers from a list.

interface Told {
  readonly operation?: OperationId;
  readonly caller?: CallerName;
  readonly method?: string;
  readonly target?: string;
  readonly body?: string | Uint8Array;
  readonly contentType?: string;
  readonly answer?: Json;
}

const bytesOf = (body: string | Uint8Array): Uint8Array =>
  typeof body === 'string' ? new TextEncoder().encode(body) : body;

function called({
  operation = 'createThread',
  caller = 'owner',
  target = '/v1/threads',
  answer = {},
  ...told
}: Told): Exchanged {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (caller.endsWith('_token')) headers.authorization = 'Bearer tok_first_run';
  else if (caller !== 'none') headers['x-api-key'] = 'ak_first_run';
  if (told.contentType !== '' && told.body !== undefined)
    headers['content-type'] = told.contentType ?? 'application/json';
  const body = bytesOf(told.body ?? '');
  const method = told.method ?? (body.length > 0 ? 'POST' : 'GET');
  return {
    operation,
    caller,
    request: { method, target, headers, body },
    response: { status: 200, headers: {}, body: JSON.stringify(answer) },
  };
}

const chainOf = (calls: readonly Told[], expected = 'anything else', pointer = ''): string =>
  repeatChain({ calls: calls.map(called), expected, pointer });

describe('a chain', () => {
  interface Received {
    readonly line: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
  }
  let received: Received[] = [];
  let answers: readonly Json[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = answers[received.length] ?? {};
    received.push({
      line: `${request.method} ${request.url}`,
      headers: request.headers,
      body: Buffer.concat(chunks),
    });
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  let url = '';
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
  afterAll(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    received = [];
    answers = [];
  });
  const lines = (): readonly string[] => received.map(({ line }) => line);
  const bodies = (): readonly string[] => received.map(({ body }) => body.toString());
  const play = async (chain: string, target = url) => {
    const finished = await runChain(chain, target, credentials);
    expect(finished).toMatchObject({ code: 0, answer: { status: 200 } });
    return finished;
  };

  const planted = join(folder, 'planted');
  const noise = (length: number): Uint8Array =>
    Uint8Array.from({ length }, (_, i) => (i * 7919 + (i >> 3)) % 256);

  it.each<[what: string, body: string | Uint8Array, contentType?: string]>([
    ['quotes and backslashes', String.raw`{"name":"\"it's\" \\ C:\\new\\table"}`],
    [
      'what a shell would replace',
      `{"name":"$HOME \${HOME} $(touch ${planted}) \`touch ${planted}\` $((1+1)) $ID1 ~ * ? !! $1 $"}`,
    ],
    ['what printf and curl would read', '@/etc/hostname %s %d %% \\n \\101'],
    ['line breaks and tabs', 'one\ntwo\r\n\tthree\n\n'],
    ['a NUL and an escape', '{"name":"\0\u001b[31m"}'],
    ['a mark of order before text', '\ufeff{}'],
    ['bytes that are no text', Uint8Array.from(Buffer.from('7b22ff2522277d', 'hex'))],
    [
      'every byte there is, beginning with a mark of order',
      Uint8Array.from([0xef, 0xbb, 0xbf, ...Array.from({ length: 256 }, (_, i) => i)]),
    ],
    [
      'letters of all kinds, joined and turned around',
      '{"name":"Ünïcode 🎭 👩‍👧 \u202eabc\u2028\uffff ツ"}',
    ],
    ['ten thousand arrays', '['.repeat(10_000) + ']'.repeat(10_000)],
    [
      'long rows of one character',
      `{"name":"${'x'.repeat(20_000)}${'🎭'.repeat(300)}${"'".repeat(200)}${'-'.repeat(200)}"}`,
    ],
    [
      'half a megabyte of text',
      JSON.stringify({ content: Array.from({ length: 60_000 }, (_, i) => `$${i}"`).join(' ') }),
    ],
    ['half a megabyte of bytes', noise(500_000)],
    ['a name that only looks like one of a run', '{"name":"understudy-1-x-2 understudy--1"}'],
    ['another type', '<a/>', 'text/plain; charset="latin1"; $x=`y`'],
    ['no type', '{}', ''],
  ])('sends %s byte by byte', async (_, body, contentType) => {
    await play(chainOf([{ body, ...(contentType === undefined ? {} : { contentType }) }]));
    expect(received).toHaveLength(1);
    expect(received[0]?.body.equals(bytesOf(body))).toBe(true);
    expect(received[0]?.headers['content-type']).toBe(
      contentType === '' ? undefined : (contentType ?? 'application/json'),
    );
    expect(existsSync(planted)).toBe(false);
  });

  it('stays short where a body is long and dull', () => {
    const dull = chainOf([{ body: '['.repeat(10_000) + ']'.repeat(10_000) }]);
    expect(dull.length).toBeLessThan(600);
  });

  it('is pasted from an indented report as well', async () => {
    const body = 'one\n  two';
    await play(chainOf([{ body }, { body }]).replace(/^/gm, '    '));
    expect(bodies()).toEqual([body, body]);
  });

  it('captures ids between the steps, and writes them wherever a later call sends them', async () => {
    answers = [{ id: 'space_new', vector_store_id: 'vs_new' }];
    await play(
      chainOf([
        {
          body: '{"organization_id":"org_1"}',
          answer: { id: 'space_old', organization_id: 'org_1', vector_store_id: 'vs_old' },
        },
        {
          target: '/v1/spaces/space_old/vector-stores/vs_old?after=vs_old&space=space_old',
          method: 'POST',
        },
        {
          target: '/v1/organizations/org_1',
          body: '{"ids":["vs_old",{"space":" space_old "}],"not":"xspace_old space_older"}',
        },
        { target: '/v1/spaces/space_old-x' },
      ]),
    );
    expect(lines().slice(1)).toEqual([
      'POST /v1/spaces/space_new/vector-stores/vs_new?after=vs_new&space=space_new',
      'POST /v1/organizations/org_1',
      'GET /v1/spaces/space_new-x',
    ]);
    expect(bodies()[2]).toBe(
      '{"ids":["vs_new",{"space":" space_new "}],"not":"xspace_old space_older"}',
    );
  });

  itInFull('tells ids apart that begin alike, in whatever order they came', async () => {
    const ids = [
      'vs_1',
      'vs_12',
      'vs_1-2',
      'vs_1.2',
      'vs_1~',
      'vs_1/2',
      'vs_1=',
      'vs_1:2',
      'vs_123',
    ];
    const asked = ids.map((id) => ({
      target: `/v1/vector-stores/${encodeURIComponent(id)}?after=${encodeURIComponent(id)}`,
      body: `{"id":"${id}"}`,
    }));
    for (const told of whole ? [ids, ids.toReversed()] : [ids.toReversed()]) {
      received = [];
      answers = told.map((id) => ({ id: `new_${ids.indexOf(id)}` }));
      await play(chainOf([...told.map((id) => ({ answer: { id } })), ...asked]));
      expect(lines().slice(ids.length)).toEqual(
        ids.map((_, i) => `POST /v1/vector-stores/new_${i}?after=new_${i}`),
      );
      expect(bodies().slice(ids.length)).toEqual(ids.map((_, i) => `{"id":"new_${i}"}`));
    }
  });

  it('finds an id in the second row, in a list, in a pretty body, and among numbers', async () => {
    const answer = (word: string, number: number): Json => ({
      id: 'not_this_one',
      data: [{ id: `${word}_1` }, { id: `${word}_2`, limit: number }],
      additional_vector_store_ids: [`${word}_3`, `${word}_4`],
      other_ids: [],
      thread_id: String(number),
      has_more: true,
      next_cursor: null,
    });
    answers = [JSON.stringify(answer('new', 17), null, '\t').replaceAll('\n', '\r\n')];
    await play(
      chainOf([
        { answer: answer('old', 42) },
        {
          target: '/v1/threads/42/messages/old_2?limit=42&after=42',
          body: '{"limit":42,"ids":["old_4","42"],"text":"42 times"}',
        },
      ]),
    );
    expect(lines()[1]).toBe('POST /v1/threads/17/messages/new_2?limit=42&after=17');
    expect(bodies()[1]).toBe('{"limit":42,"ids":["new_4","17"],"text":"42 times"}');
  });

  it('rather takes an id from its own field than from a list', async () => {
    answers = [{ additional_ids: ['vs_other'], vector_store_id: 'vs_new' }];
    await play(
      chainOf([
        { answer: { additional_ids: ['vs_old'], vector_store_id: 'vs_old' } },
        { target: '/v1/vector-stores/vs_old' },
      ]),
    );
    expect(lines()[1]).toBe('GET /v1/vector-stores/vs_new');
  });

  it('encodes a cursor for an address', async () => {
    answers = [{ next_cursor: 'n+/w==' }];
    await play(
      chainOf([
        { answer: { next_cursor: 'o/ld+:=' } },
        { target: `/v1/spaces/?limit=1&cursor=${encodeURIComponent('o/ld+:=')}` },
      ]),
    );
    expect(lines()[1]).toBe('GET /v1/spaces/?limit=1&cursor=n%2B%2Fw%3D%3D');
  });

  it('does what it says with ids that a server has made to be obeyed', async () => {
    const hostile = [
      `$(touch ${planted})`,
      `\`touch ${planted}\``,
      `"; touch ${planted}; "`,
      `';touch ${planted};'`,
      `a\ntouch ${planted}\n`,
    ];
    answers = hostile.map((id) => ({ id }));
    const calls = hostile.map((id) => ({ answer: { id } }));
    const sent = hostile.map((id) => ({
      target: `/v1/threads/${encodeURIComponent(id)}`,
      body: JSON.stringify({ id }),
    }));
    await play(chainOf([...calls, ...sent], `${hostile.join(' ')}\u001b[2J`, `/${hostile[0]}`));
    expect(bodies().slice(hostile.length)).toEqual(sent.map(({ body }) => body));
    // And where the new run gets what the old one did not.
    received = [];
    await play(
      chainOf(
        [{ answer: { id: 'good' } }, { target: '/v1/threads', body: '{"id":"good"}' }],
        '"good"',
      ),
    );
    expect(existsSync(planted)).toBe(false);
  });

  it('says what was expected, with the ids of its own run', async () => {
    answers = [{ id: 'new_1' }];
    const { stderr } = await play(
      chainOf([{ answer: { id: 'old_1' } }, {}], '"old_1" in a list', '/data/*/id'),
    );
    expect(stderr).toContain('expected: /data/*/id "new_1" in a list\n');
  });

  it('gives names that no other run has given', async () => {
    const body =
      '{"name":"understudy-1-17-1","again":" understudy-1-17-1 ","title":"understudy-1-17-2"}';
    const chain = chainOf([
      { body },
      { target: '/v1/messages/msg_understudy-1-17-3?name=understudy-1-17-1' },
    ]);
    await play(chain);
    await play(chain);
    const told = bodies()
      .filter((_, i) => i % 2 === 0)
      .map((text) => JSON.parse(text) as Record<string, string>);
    for (const [i, { name, again, title }] of told.entries()) {
      expect(again).toBe(` ${name} `);
      expect(title).toBe(name?.replace(/1$/, '2'));
      expect(name).toMatch(/^understudy-[\d-]+-1$/);
      expect(lines()[2 * i + 1]).toBe(
        `GET /v1/messages/msg_${title?.replace(/2$/, '3')}?name=${name}`,
      );
    }
    expect(new Set(['understudy-1-17-1', ...told.map(({ name }) => name)]).size).toBe(3);
  });

  it('takes credentials from the environment, the way each caller shows theirs', async () => {
    const callers = [
      'owner',
      'viewer',
      'expired_token',
      'unknown_key',
      'unknown_token',
      'none',
    ] as const;
    const chain = chainOf(callers.map((caller) => ({ caller })));
    await play(chain);
    expect(received.map(({ headers }) => headers['x-api-key'] ?? headers.authorization)).toEqual([
      'ak_owner',
      'ak_viewer',
      'Bearer tok_expired',
      // Nobody's credentials, which are no secrets and in no environment.
      'ak_first_run',
      'Bearer tok_first_run',
      undefined,
    ]);
    expect(chain).not.toContain('UNKNOWN');
  });

  it('takes what else is secret from the environment, once that has been taken out of it', async () => {
    const chain = redact(
      chainOf([
        { target: '/v1/organizations/org_s3cret', body: '{"organization_id":"org_s3cret"}' },
      ]),
      new Map([['org_s3cret', 'ORG']]),
    );
    expect(chain).not.toContain('s3cret');
    const { code, stderr } = await runChain(chain, url, credentials);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/ORG: unbound variable/)]);
    await runChain(chain, url, { ...credentials, ORG: 'org_s3cret' });
    expect([lines(), bodies()]).toEqual([
      ['POST /v1/organizations/org_s3cret'],
      ['{"organization_id":"org_s3cret"}'],
    ]);
  });

  it('keeps a query as it is, and does not mind how the base URL ends', async () => {
    const target = `/v1/spaces/?${new URLSearchParams([
      ['a', 'x&y=z'],
      ['a', '[1-3]{a,b}'],
      ['b', '\0 "$HOME" #%'],
      ['c', 'ü+'],
    ])}`;
    await play(chainOf([{ target }]), `${url}/`);
    expect(lines()).toEqual([`GET ${target}`]);
  });

  it('stops with words when a variable is not set, before it has called anybody', async () => {
    const chain = chainOf([{ caller: 'viewer' }, { caller: 'expired_token' }]);
    for (const [missing, words] of [
      ['TARGET', 'the base URL of the server'],
      ['VIEWER_CREDENTIAL', 'the API key of viewer'],
      ['EXPIRED_TOKEN_CREDENTIAL', 'the token of expired_token'],
    ] as const) {
      const { code, stderr } = await runChain(chain, missing === 'TARGET' ? '' : url, {
        ...credentials,
        [missing]: '',
      });
      expect([code, stderr]).toEqual([1, expect.stringContaining(`${missing}: ${words}`)]);
    }
    expect(received).toEqual([]);
  });

  it('stops with words when a step gives no id, and shows what came instead', async () => {
    answers = [{ error: 'no' }];
    const chain = chainOf([
      { operation: 'createSpace', answer: { id: 'space_1' } },
      { target: '/v1/spaces/space_1' },
    ]);
    const { code, stderr } = await runChain(chain, url, credentials);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('createSpace gave no id: {"error":"no"}'),
    ]);
    expect(received).toHaveLength(1);
  });

  it('repeats a call that got no answer', () => {
    const { response: _, ...call } = called({});
    expect(repeatChain({ calls: [call], expected: 'a whole answer', pointer: '' })).toContain(
      '# createThread by owner: no answer\ncurl ',
    );
  });
});
