// The bundle: what is in it of other packages, and that Express in it is all of Express.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, describe, expect, it } from 'vitest';
import { projectFolder, runCommand } from '../support/processes.js';

type Manifest = Readonly<
  Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>
>;
const read = (file: string): string => readFileSync(join(projectFolder, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const { packages } = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, { readonly version: string } & Partial<Manifest>>>;
};

/** By the notices that the build writes. */
const bundled = new Map(
  [...read('dist/THIRD-PARTY-NOTICES.md').matchAll(/^## (\S+) - (\S+) \(.+\)$/gm)].map(
    ([, name, version]) => [name as string, version as string],
  ),
);

describe('the packages in the bundle', () => {
  it('are Express, commander and what they need, each with its license', () => {
    expect([...bundled.keys()]).toEqual(expect.arrayContaining(['commander', 'express', 'router']));
    const notices = read('dist/THIRD-PARTY-NOTICES.md').split(/^## /m).slice(1);
    expect(notices.filter((notice) => !/copyright/i.test(notice))).toEqual([]);
  });

  it('have the versions of package.json and its lock', () => {
    expect(packages['']?.devDependencies).toEqual(manifest.devDependencies);
    expect(bundled).toEqual(
      new Map([...bundled.keys()].map((name) => [name, packages[`node_modules/${name}`]?.version])),
    );
    expect(manifest.devDependencies).toMatchObject({
      commander: expect.any(String),
      express: expect.any(String),
    });
  });

  it('are not installed a second time', () => {
    expect(Object.keys(manifest.dependencies).filter((name) => bundled.has(name))).toEqual([]);
  });
});

describe('Express in the bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-bundle-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = async (text: string): Promise<unknown> => {
    writeFileSync(
      join(folder, 'use.mjs'),
      `import { createUnderstudy } from ${JSON.stringify(join(projectFolder, 'dist/index.js'))};
const { app, listen, close } = createUnderstudy();
const ask = async (path, options) => {
  const { url } = await listen({ port: 0 });
  const response = await fetch(url + path, options);
  const text = await response.text();
  await close();
  return [response.status, response.headers.get('content-type'), text];
};
${text}`,
    );
    const { code, stdout, stderr } = await runCommand(process.execPath, ['use.mjs'], {
      cwd: folder,
    });
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };
  const extensions = Object.keys(
    (createRequire(import.meta.url)('mime-types') as { types: Record<string, string> }).types,
  );

  it('knows every media type by its extension', { timeout: 30_000 }, async () => {
    const types = `extensions.map((extension) => response.type(extension).get('content-type'))`;
    const ours = await run(`const extensions = ${JSON.stringify(extensions)};
app.get('/types', (request, response) => response.json(${types}));
app.router.stack.reverse();
console.log((await ask('/types'))[2]);`);
    const app = express();
    let theirs: unknown;
    app.get('/types', (_, response) => {
      theirs = extensions.map((extension) => response.type(extension).get('content-type'));
      response.end();
    });
    const server = app.listen(0);
    await fetch(`http://127.0.0.1:${(server.address() as { port: number }).port}/types`);
    server.close();
    expect(extensions.length).toBeGreaterThan(1000);
    expect(ours).toEqual(theirs);
  });

  it("takes another Express's routers and readers of bodies", { timeout: 30_000 }, async () => {
    const answer = await run(`
import { createRequire } from 'node:module';
const express = createRequire(${JSON.stringify(join(projectFolder, 'package.json'))})('express');
const router = express.Router();
router.post('/sum', express.json(), ({ body }, response) => response.json(body.left + body.right));
app.use('/own', router);
app.router.stack.reverse();
const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"left":2,"right":3}' };
console.log(JSON.stringify(await ask('/own/sum', options)));`);
    expect(answer).toEqual([200, 'application/json; charset=utf-8', '5']);
  });

  it('finds a view engine where the program runs', { timeout: 30_000 }, async () => {
    const engine = join(folder, 'node_modules/shout');
    mkdirSync(engine, { recursive: true });
    writeFileSync(
      join(engine, 'index.js'),
      'exports.__express = (file, { word }, done) => done(null, word.toUpperCase());',
    );
    writeFileSync(join(folder, 'page.shout'), '');
    const answer = await run(`app.set('views', process.cwd());
app.get('/page', (request, response) => response.render('page.shout', { word: 'loud' }));
app.router.stack.reverse();
console.log(JSON.stringify(await ask('/page')));`);
    expect(answer).toEqual([200, 'text/html; charset=utf-8', 'LOUD']);
  });
});
