// index.html of a report: one file that needs no network. What is wrong comes first, then which
// case was shown for which caller, then every row.
import { createHash } from 'node:crypto';
import { basisInWords } from '../../spec/case.js';
import type { OperationId } from '../../spec/document.js';
import { readJson } from '../judge/json.js';
import { canaryInWords } from '../run/canary.js';
import type { Exchanged } from '../run/exchanged.js';
import type { Finding } from '../run/finding.js';
import { overrideInWords } from '../run/override.js';
import type { Played, Result } from '../run/play.js';
import { type Comparison, groupsOf, inNumbers } from './compare.js';
import { FAULT_LIST, faultsOf } from './faults.js';
import { EXAMPLES, type Headline } from './headlines.js';
import { asIs, type Html, html } from './html.js';
import { script, style } from './page-assets.js';
import type { Mask } from './redact.js';
import { repeatChain } from './repeat.js';
import type { Telling } from './telling.js';
import { acceptanceOf, describeFault } from './text.js';
import { countCoverage } from './verdict.js';
import { cut, namesOf } from './words.js';

/** Characters that are shown of a headline, whose two sides stand whole below it, and of a body. */
const MOST_OF_A_HEADLINE = 240;
const MOST_OF_A_BODY = 6000;

const marks: Readonly<Record<Result, { readonly sign: string; readonly words: string }>> = {
  right: { sign: '✓', words: 'right' },
  wrong: { sign: '✗', words: 'wrong' },
  not_exercised: { sign: '–', words: 'not exercised' },
};

/** The page as text. A policy in it lets its own style and script run, and nothing else. */
export function toHtml(telling: Telling): string {
  return `<!doctype html>\n${new Page(telling).whole().text}\n`;
}

interface NumberedRow extends Played {
  /** `row-7`: what links lead to. */
  readonly id: string;
}

class Page {
  readonly #telling: Telling;
  readonly #mask: Mask;
  readonly #rows: readonly NumberedRow[];
  /** By the fingerprint of a finding, where on the page it is told. */
  readonly #anchors = new Map<string, string>();
  readonly #operations: readonly OperationId[];

  constructor(telling: Telling) {
    const { report, headlines, mask } = telling;
    this.#telling = telling;
    this.#mask = mask;
    this.#rows = report.rows.map((row, i) => ({ ...row, id: `row-${i + 1}` }));
    for (const [i, { findings }] of headlines.entries())
      for (const { fingerprint } of findings) this.#anchors.set(fingerprint, `finding-${i + 1}`);
    this.#operations = [
      ...new Set([
        ...report.coverage.map(({ case: name }) => name.split('.')[0] as OperationId),
        ...report.rows.map(({ operation }) => operation),
      ]),
    ];
  }

  whole(): Html {
    const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;
    const { verdict, report } = this.#telling;
    return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${verdict}: ${this.#mask(report.target)}</title>
${asIs('style', style)}
</head>
<body>
<a class="skip" href="#findings">Skip to what was found</a>
<header>${this.#facts()}</header>
<main>
<div id="tools" class="tools" role="search" hidden>
<label>Search <span class="quiet">(press / )</span><input id="search" type="search" placeholder="an operation, a case, a caller, a code"></label>
<label>Result<select id="result"><option value="">all</option><option value="wrong">wrong</option><option value="right">right</option><option value="not_exercised">not exercised</option></select></label>
<span id="shown" role="status" class="quiet"></span>
</div>
<section aria-labelledby="findings">${this.#findings()}</section>
<section aria-labelledby="matrix">${this.#matrix()}</section>
<section aria-labelledby="rows">${this.#allRows()}</section>
</main>
${asIs('script', script)}
</body>
</html>`;
  }

  #facts(): Html {
    const { report, exitCode, verdict, comparison } = this.#telling;
    const { target, started, finished, seed, runId, requests, rows, stopped, leftovers } = report;
    const { right, wrong, not_exercised } = countCoverage(report);
    const seconds = finished && (Date.parse(finished) - Date.parse(started)) / 1000;
    const facts: readonly (readonly [string, string | undefined])[] = [
      ['Server', this.#mask(target)],
      ['Cases', `${right} right, ${wrong} wrong, ${not_exercised} not exercised`],
      ['Sent', `${requests} requests for ${rows.length} rows`],
      ['Started', started],
      ['Took', seconds === undefined ? undefined : `${seconds} s`],
      ['Seed, run', `${seed}, ${runId}`],
      ['Filters', this.#filters()],
      ['Canary', report.canary && canaryInWords(report.canary)],
      ['Override', overrideInWords(report.override)],
      ...(report.knownFaults ?? []).map(
        (fault) => ['Known deviations', describeFault(fault).join(';')] as const,
      ),
      ...(comparison ? changesIn(comparison) : []),
      ['Ended early', stopped && this.#mask(stopped.text)],
      ['Left behind', leftovers.length > 0 ? leftovers.map(this.#mask).join(', ') : undefined],
    ];
    return html`<h1><span class="badge ${exitCode === 0 ? 'right' : exitCode === 1 ? 'wrong' : 'question'}">${verdict}</span> Contract report</h1>
<dl class="facts">${facts.flatMap(([name, value]) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : []))}</dl>`;
  }

  #filters(): string | undefined {
    const given = Object.entries(this.#telling.report.filters ?? {}).filter(
      (entry): entry is [string, string[]] => Array.isArray(entry[1]) && entry[1].length > 0,
    );
    return given.map(([name, values]) => `${name}: ${values.join(', ')}`).join('; ') || undefined;
  }

  #findings(): Html {
    if (this.#telling.headlines.length === 0)
      return html`<h2 id="findings" tabindex="-1">What was found</h2><p>Nothing. Every row that was played is right.</p>`;
    return html`<h2 id="findings" tabindex="-1">What was found</h2>
${this.#telling.headlines.map((headline, i) => this.#headline(headline, i + 1))}`;
  }

  #headline(headline: Headline, number: number): Html {
    const { code, severity, what, operations, count, findings, known, isFlaky } = headline;
    const result = severity === 'notice' ? 'right' : 'wrong';
    const rest = findings.length - EXAMPLES;
    return html`<article id="finding-${number}" tabindex="-1" class="${severity}" data-result="${result}">
<h3>${known ? html`<span class="badge notice">known</span> ` : undefined}${isFlaky ? html`<span class="badge question">flaky</span> ` : undefined}<span class="badge ${severity}">${severity}</span> <code>${code}</code> ${cut(this.#mask(what), MOST_OF_A_HEADLINE)}</h3>
<p class="quiet">${count === 1 ? 'Once' : `${count} times`}, in ${operations.length === 1 ? 'one operation' : `${operations.length} operations`}:</p>
${known ? html`<p>Accepted for now: ${this.#mask(acceptanceOf(known))}</p>` : undefined}
<ul class="plain">${operations.map((id) => html`<li><a href="#operation-${id}">${id}</a></li>`)}</ul>
${findings.slice(0, EXAMPLES).map((finding, i) => this.#example(finding, `${number}-${i + 1}`, i === 0 && number <= EXAMPLES))}
${rest > 0 ? html`<p class="quiet">and ${rest} more of the same cause; results.json has all of them</p>` : undefined}
</article>`;
  }

  #example(finding: Finding, id: string, open: boolean): Html {
    const mask = this.#mask;
    const { title, place, pointer, basis, source, fingerprint, calls, again } = finding;
    const row = this.#rows.find((candidate) =>
      candidate.findings.some((own) => own.fingerprint === fingerprint),
    );
    const last = calls.at(-1);
    const before = calls.slice(0, -1);
    const faults = faultsOf(finding);
    return html`<details${open ? html` open` : undefined}><summary>${title}</summary>
<div class="sides"><div><h4>Expected</h4><pre tabindex="0">${mask(finding.expected)}</pre></div><div><h4>Got</h4><pre tabindex="0">${mask(finding.got)}</pre></div></div>
<dl class="facts">
${pointer ? html`<dt>Where</dt><dd><code>${mask(pointer)}</code></dd>` : undefined}
<dt>Why it is expected</dt><dd>${basisInWords[basis]}${source ? ` (${source})` : undefined}</dd>
<dt>Contract</dt><dd><code>${place}</code></dd>
${row ? html`<dt>Row</dt><dd><a href="#${row.id}">${row.id}</a></dd>` : undefined}
<dt>Explained by</dt><dd><code>understudy explain ${finding.code}</code></dd>
${faults.length > 0 ? html`<dt>Public fault list</dt><dd>${FAULT_LIST.name} ${FAULT_LIST.version}: ${faults.join(', ')}</dd>` : undefined}
<dt>Fingerprint</dt><dd><code>${fingerprint}</code></dd>
${again ? html`<dt>Asked again</dt><dd>${again.times} times, it came ${again.came} times</dd>` : undefined}
</dl>
${before.length > 0 ? html`<h4>After</h4><pre tabindex="0">${before.map((call) => mask(lineOf(call))).join('\n')}</pre>` : undefined}
${last ? this.#exchange(last) : undefined}
<h4>Repeat it <button type="button" hidden data-copy="chain-${id}">Copy</button></h4>
<pre tabindex="0" id="chain-${id}">${mask(repeatChain(finding))}</pre>
</details>`;
  }

  #exchange(call: Exchanged): Html {
    const { request, response, error } = call;
    const sent = [
      `${request.method} ${request.target}`,
      ...bodyOf(Buffer.from(request.body).toString()),
      ...headersOf(request.headers),
    ];
    const came = response
      ? [String(response.status), ...bodyOf(response.body ?? ''), ...headersOf(response.headers)]
      : [`no response: ${error?.message ?? 'none came'}`];
    return html`<div class="sides"><div><h4>Request of ${call.caller}</h4><pre tabindex="0">${this.#mask(sent.join('\n'))}</pre></div><div><h4>Response</h4><pre tabindex="0">${this.#mask(came.join('\n'))}</pre></div></div>`;
  }

  /** A line for each operation, with a cell for each of its cases. */
  #matrix(): Html {
    return html`<h2 id="matrix" tabindex="-1">Cases at a glance</h2>
<div class="wide" tabindex="0" role="region" aria-label="Table of cases"><table><caption>One cell for each documented case: ✓ right, ✗ wrong, – not exercised. A cell leads to the rows of its operation.</caption>
<thead><tr><th scope="col">Operation</th><th scope="col">Cases</th></tr></thead>
<tbody>${this.#operations.map((id) => {
      const cases = this.#casesOf(id);
      const results = [...new Set(cases.map(({ result }) => result))].join(' ');
      return html`<tr data-result="${results}"><th scope="row"><a href="#operation-${id}">${id}</a></th><td><ul class="cells">${cases.map(
        ({ name, result, reason }) =>
          html`<li class="${result}"><a href="#case-${id}.${name}" title="${name}: ${marks[result].words}${reason && `, ${this.#mask(reason)}`}"><span aria-hidden="true">${marks[result].sign}</span><span class="seen">${name}: ${marks[result].words}</span></a></li>`,
      )}</ul></td></tr>`;
    })}</tbody></table></div>`;
  }

  #casesOf(id: OperationId): readonly { name: string; result: Result; reason: string }[] {
    return this.#telling.report.coverage.flatMap(({ case: whole, result, reason = '' }) => {
      const [operation, name = ''] = whole.split('.');
      return operation === id ? [{ name, result, reason }] : [];
    });
  }

  #allRows(): Html {
    return html`<h2 id="rows" tabindex="-1">Rows</h2>
${this.#operations.map((id) => {
  const rows = this.#rows.filter(({ operation }) => operation === id);
  const wrong = rows.filter(({ result }) => result === 'wrong').length;
  const idle = rows.filter(({ result }) => result === 'not_exercised').length;
  const counts = [
    `${rows.length - wrong - idle} right`,
    ...(wrong > 0 ? [`${wrong} wrong`] : []),
    ...(idle > 0 ? [`${idle} not exercised`] : []),
  ].join(', ');
  return html`<details id="operation-${id}" tabindex="-1" data-group><summary><strong>${id}</strong> <span class="${wrong > 0 ? 'mark wrong' : 'quiet'}">${counts}</span></summary>
${this.#casesByCaller(id, rows)}
<table><caption>Every row of ${id}</caption><thead><tr><th scope="col">Result</th><th scope="col">Row</th><th scope="col">Contract</th></tr></thead><tbody>${rows.map((row) => this.#row(row))}</tbody></table>
</details>`;
})}`;
  }

  #casesByCaller(id: OperationId, rows: readonly NumberedRow[]): Html | undefined {
    const callers = [...new Set(rows.flatMap(({ caller }) => caller ?? []))];
    const cases = this.#casesOf(id);
    if (cases.length === 0) return undefined;
    return html`<div class="wide" tabindex="0" role="region" aria-label="Cases of ${id} by caller"><table><caption>Cases of ${id} by caller</caption>
<thead><tr><th scope="col">Case</th>${callers.map((caller) => html`<th scope="col">${caller}</th>`)}</tr></thead>
<tbody>${cases.map(({ name, reason }) => html`<tr id="case-${id}.${name}" tabindex="-1"><th scope="row">${name}${reason ? html` <span class="quiet">${this.#mask(reason)}</span>` : undefined}</th>${callers.map((caller) => html`<td>${this.#cell(rows.filter((row) => row.caller === caller && row.expected[0] === name))}</td>`)}</tr>`)}</tbody></table></div>`;
  }

  #cell(rows: readonly NumberedRow[]): Html | undefined {
    const first =
      rows.find(({ result }) => result === 'wrong') ??
      rows.find(({ result }) => result === 'right') ??
      rows[0];
    if (!first) return undefined;
    const { sign, words } = marks[first.result];
    return html`<a class="mark ${first.result}" href="#${first.id}"><span aria-hidden="true">${sign}</span><span class="seen">${words}</span> ${rows.length}</a>`;
  }

  #row({ id, result, title, place, reason, findings }: NumberedRow): Html {
    const anchors = [
      ...new Set(findings.flatMap(({ fingerprint }) => this.#anchors.get(fingerprint) ?? [])),
    ];
    return html`<tr id="${id}" tabindex="-1" data-row data-result="${result}"><td class="mark ${result}">${marks[result].sign} ${marks[result].words}</td><td>${title}${reason ? html`<br><span class="quiet">${this.#mask(reason)}</span>` : undefined}${anchors.map((anchor) => html` <a href="#${anchor}">${anchor}</a>`)}</td><td><code>${place}</code></td></tr>`;
  }
}

/** In numbers, and which; what is still there stands below anyway. */
const changesIn = (comparison: Comparison): readonly (readonly [string, string])[] => [
  [`Since ${comparison.files.at(-1)}`, [inNumbers(comparison), ...comparison.remarks].join('; ')],
  ...groupsOf(comparison).flatMap(([name, found]) => {
    const names = [...new Set(found.map(({ code, operation }) => `${code} ${operation}`))];
    return found.length > 0 && name !== 'still there'
      ? [[`… ${name}`, namesOf(names)] as const]
      : [];
  }),
];

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const lineOf = ({ operation, caller, request, response }: Exchanged): string =>
  `${operation} by ${caller}: ${request.method} ${request.target} → ${response?.status ?? 'no response'}`;

const headersOf = (headers: Readonly<Record<string, string>>): readonly string[] => [
  '',
  ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
];

function bodyOf(text: string): readonly string[] {
  if (text === '') return [];
  const laidOut = layOut(text);
  const more = laidOut.length - MOST_OF_A_BODY;
  return [
    '',
    more > 0 ? `${laidOut.slice(0, MOST_OF_A_BODY)}\n… ${more} more characters` : laidOut,
  ];
}

/** JSON over several lines; anything else, and JSON with oddities, as it came. */
function layOut(text: string): string {
  const { body, oddities } = readJson(text);
  return body === undefined || oddities.length > 0 ? text : JSON.stringify(body, null, 2);
}
