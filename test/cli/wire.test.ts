import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { wireOf } from '../../src/cli/wire.js';
import { UsageError } from '../../src/spec/failure.js';

const base = 'https://api.example';
const file = (name: string) => fileURLToPath(new URL(`../support/tls/${name}`, import.meta.url));
const cert = file('cert.pem');

describe('the flags that say how requests get to the server', () => {
  it('give headers, certificates and a proxy, and what no report may show', () => {
    const flags = {
      header: ['X-Gate: Bearer long-secret', 'accept-language:en', "X-Odd:  a: 'b' "],
      caCert: cert,
      clientCert: cert,
      clientKey: file('key.pem'),
      proxy: 'proxy.example:3128',
    };
    const { options, secrets } = wireOf(flags, base, {});
    expect(options.headers).toEqual({
      'x-gate': 'Bearer long-secret',
      'accept-language': 'en',
      'x-odd': "a: 'b'",
    });
    expect(Object.keys(options).sort()).toEqual(['ca', 'cert', 'headers', 'key', 'proxy']);
    expect([...secrets]).toEqual([
      ['Bearer long-secret', 'header.X-Gate'],
      ['long-secret', 'header.X-Gate'],
    ]);
  });

  it('hide the password of a proxy, of the environment too', () => {
    const secrets = (proxy: string) => [...wireOf({}, base, { HTTPS_PROXY: proxy }).secrets];
    expect(secrets('http://me:long%20secret@proxy.example')).toEqual([
      ['long secret', 'proxy.password'],
    ]);
    expect(secrets('http://proxy.example')).toEqual([]);
  });

  it.each<[string, Parameters<typeof wireOf>[0], RegExp]>([
    [
      'the credential',
      { header: ['X-API-Key: mine'] },
      /X-API-Key: check sends this header itself/,
    ],
    [
      'the credential in capitals',
      { header: ['AUTHORIZATION: Bearer x'] },
      /AUTHORIZATION: check sends/,
    ],
    [
      'the frame of a message',
      { header: ['Transfer-Encoding: chunked'] },
      /Transfer-Encoding: check sends/,
    ],
    ['a header without a value', { header: ['X-Gate'] }, /--header: it has no name\./],
    ['a header without a name', { header: [': x'] }, /it has no name/],
    ['a header whose value is blank', { header: ['X-Gate:'] }, /--header X-Gate: it has no value/],
    ['a name of two words', { header: ['X Gate: x'] }, /X Gate cannot be the name of a header/],
    ['a line end', { header: ['X-Gate: a\r\nX-Other: b'] }, /X-Gate: its value holds a character/],
    ['a header twice', { header: ['X-Gate: a', 'x-gate: b'] }, /x-gate: given twice/],
    [
      'a file that is not there',
      { caCert: 'no-such.pem' },
      /--ca-cert no-such\.pem: there is no such file or folder \(ENOENT\)/,
    ],
    ['a file without a certificate', { caCert: file('key.pem') }, /there is no certificate in it/],
    ['a certificate without its key', { clientCert: cert }, /belong together/],
    [
      'a key that is none',
      { clientCert: cert, clientKey: cert },
      /--client-cert and --client-key: /,
    ],
    [
      'a proxy that is none',
      { proxy: 'socks5://me:secret@proxy.example' },
      /^--proxy: socks5:\/\/…@proxy\.example is not an HTTP proxy/,
    ],
  ])('refuse %s, with what to do', (_, flags, expected) => {
    const wire = () => wireOf(flags, base, {});
    expect(wire).toThrow(UsageError);
    expect(wire).toThrow(expected);
    expect(wire).toThrow(/\n {2}fix: /);
  });

  it('say everything that is wrong at once, and where a proxy comes from', () => {
    const wire = () =>
      wireOf({ header: ['X'], clientKey: 'no-such.pem' }, base, { ALL_PROXY: 'socks5://x' });
    expect(wire).toThrow(
      /it has no name[\s\S]*no-such[\s\S]*belong together[\s\S]*environment: socks5:\/\/x is not an HTTP proxy/,
    );
  });

  it('are for a server', () => {
    expect(() => wireOf({ header: ['X: y'] }, undefined, {})).toThrow(
      '--header is about requests over the network, but this run tests the mock server in this process.\n  fix: give the URL',
    );
    expect(wireOf({}, undefined, { HTTPS_PROXY: 'socks5://x' }).options).toEqual({});
  });
});
