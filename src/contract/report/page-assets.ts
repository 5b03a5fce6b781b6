// The style and the script of index.html. Both stand in the page, which names their hashes in its
// policy; no other script can run there.

export const style = `
:root {
  color-scheme: light dark;
  --page: #fff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --box: #f6f8fa; --link: #0550ae;
  --right: #1a7f37; --wrong: #cf222e; --question: #8a5a00; --idle: #6e7781; --on: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --text: #e6edf3; --quiet: #9da7b3; --line: #3d444d; --box: #161b22; --link: #6cb6ff;
    --right: #57c06b; --wrong: #ff8a80; --question: #e3b341; --idle: #9aa4ae; --on: #0d1117;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 1rem 1.5rem 4rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
h4 { font-size: .9rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0; }
pre, code { font-family: ui-monospace, monospace; font-size: .85rem; }
pre { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; margin: .25rem 0;
  white-space: pre-wrap; overflow-wrap: anywhere; max-height: 24rem; overflow: auto; }
.quiet { color: var(--quiet); }
.badge { border-radius: 1rem; color: var(--on); display: inline-block; font-size: .8rem; font-weight: 600; padding: 0 .6rem; }
.right { --tone: var(--right); } .wrong, .failure { --tone: var(--wrong); }
.question { --tone: var(--question); } .not_exercised, .notice { --tone: var(--idle); }
.badge { background: var(--tone); }
.skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .5rem 0; }
dl.facts dt { color: var(--quiet); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.tools { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; position: sticky; top: 0; background: var(--page);
  padding: .75rem 0; border-bottom: 1px solid var(--line); z-index: 1; }
.tools label { display: grid; font-size: .8rem; color: var(--quiet); }
input, select, button { font: inherit; color: inherit; background: var(--box); border: 1px solid var(--line); border-radius: 6px;
  padding: .25rem .5rem; }
input[type=search] { width: 22rem; max-width: 100%; }
article { border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 6px; margin: .75rem 0; padding: .75rem 1rem; }
ul.plain { list-style: none; padding: 0; margin: .25rem 0; display: flex; flex-wrap: wrap; gap: 0 .75rem; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; }
@media (max-width: 50rem) { .sides { grid-template-columns: 1fr; } }
details { margin: .25rem 0; } summary { cursor: pointer; padding: .15rem 0; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--quiet); padding-bottom: .5rem; }
th, td { overflow-wrap: anywhere; border-bottom: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
th { font-weight: 600; } tbody th { font-weight: 400; }
.wide { overflow-x: auto; }
thead th { overflow-wrap: normal; }
.cells { display: flex; flex-wrap: wrap; gap: 3px; list-style: none; margin: 0; padding: 0; }
.cells a { display: block; min-width: 24px; height: 24px; padding: 0 4px; border-radius: 4px; background: var(--tone); color: var(--on);
  font-size: .75rem; line-height: 24px; text-align: center; text-decoration: none; font-weight: 700; }
.cells .not_exercised a { background: none; border: 1px solid var(--idle); color: var(--quiet); line-height: 22px; }
.mark { color: var(--tone); font-weight: 700; white-space: nowrap; }
:target { outline: 2px solid var(--link); outline-offset: 2px; }
[hidden] { display: none !important; }
.seen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media print {
  .tools, .skip, button { display: none !important; }
  body { max-width: none; padding: 0; font-size: 11px; }
  pre { max-height: none; } article, tr { break-inside: avoid; }
  .badge, .cells a { print-color-adjust: exact; }
}
`;

export const script = `
const byId = (id) => document.getElementById(id);
const search = byId('search'), result = byId('result'), shown = byId('shown');
const items = [...document.querySelectorAll('[data-result]')];
const words = new Map(items.map((item) => [item, item.textContent.toLowerCase()]));
function filter() {
  const wanted = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const item of items) {
    const fits = (result.value === '' || item.dataset.result.split(' ').includes(result.value)) &&
      wanted.every((word) => words.get(item).includes(word));
    item.hidden = !fits;
    if (fits && item.matches('[data-row]')) count += 1;
  }
  const isFiltering = wanted.length > 0 || result.value !== '';
  for (const group of document.querySelectorAll('[data-group]'))
    group.hidden = isFiltering && ![...group.querySelectorAll('[data-row]')].some((item) => !item.hidden);
  shown.textContent = count + ' of ' + items.filter((item) => item.matches('[data-row]')).length + ' rows';
}
search.addEventListener('input', filter);
result.addEventListener('input', filter);
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { event.preventDefault(); search.focus(); }
  if (event.key === 'Escape' && event.target === search) { search.value = ''; filter(); }
});
function reveal() {
  const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.closest('[hidden]')) { search.value = ''; result.value = ''; filter(); }
  for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
  target.scrollIntoView();
  target.focus({ preventScroll: true });
}
addEventListener('hashchange', reveal);
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('article details')) details.open = true;
});
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(byId(button.dataset.copy).textContent);
    button.textContent = 'Copied';
  });
}
byId('tools').hidden = false;
filter();
reveal();
`;
