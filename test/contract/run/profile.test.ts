import { describe, expect, it } from 'vitest';
import { ProfileError, parseProfile, readProfile } from '../../../src/contract/run/profile.js';

const good = `
base_url: https://staging.example.com
edition: 2026-02
callers:
  owner: { api_key: "\${OWNER_KEY}", user_id: usr_1 }
  expired_token: { bearer: tok }
known:
  organization_id: org_1
`;

function problemsOf(text: string, environment = {}) {
  try {
    parseProfile(text, 'staging.yaml', environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ProfileError);
    return (error as ProfileError).message;
  }
  throw new Error('the profile was accepted');
}

describe('a profile', () => {
  it('takes secrets from the environment and remembers them for redaction', () => {
    const profile = parseProfile(good, 'staging.yaml', { OWNER_KEY: 's3cret' });
    expect(profile.callers.owner).toEqual({ api_key: 's3cret', user_id: 'usr_1' });
    expect(profile.secrets.get('s3cret')).toBe('OWNER_KEY');
    expect(profile.known).toEqual({ organization_id: 'org_1' });
  });

  it('takes what is written out for a secret too', () => {
    const { secrets } = parseProfile(
      'callers: { owner: { api_key: ak_live_1 }, viewer: { bearer: tok } }',
      'p.yaml',
      {},
    );
    expect([...secrets]).toEqual([
      ['ak_live_1', 'callers.owner.api_key'],
      ['tok', 'callers.viewer.bearer'],
    ]);
  });

  it.each([
    [
      'a form of variables that is not understood',
      `api_key: "\${OWNER_KEY:-x}"`,
      `\${OWNER_KEY:-x} is not understood`,
    ],
    ['one that is left open', `api_key: "\${OWNER_KEY"`, '${OWNER_KEY is not understood'],
    [
      'what no header can carry',
      'api_key: "two\\nlines"',
      'holds a line end or a character that no header can carry',
    ],
    [
      'a letter beyond Latin-1',
      'bearer: "ключ"',
      'holds a line end or a character that no header can carry',
    ],
  ])('refuses %s', (_, field, what) => {
    expect(problemsOf(`callers: { owner: { ${field} } }`, { OWNER_KEY: 'x' })).toContain(what);
  });

  it.each([
    ['a credential', 'https://me:pw@staging.example.com', 'holds a credential'],
    ['a query', 'https://staging.example.com?x=1', 'goes on after its path'],
    ['a fragment', 'https://staging.example.com/#top', 'goes on after its path'],
    ['no scheme', 'staging.example.com', 'is not the URL of a server'],
  ])('refuses an address with %s', (_, url, what) => {
    expect(problemsOf(`base_url: ${JSON.stringify(url)}`)).toContain(what);
  });

  it('that is a folder, or is not there, says so', () => {
    expect(() => readProfile('contracts')).toThrow(
      /contracts:1:1 {2}is a folder\n {2}fix: name a YAML file/,
    );
    expect(() => readProfile('nowhere.yaml')).toThrow(/nowhere\.yaml:1:1 {2}there is no such file/);
  });

  it('fails on a variable that is not set, naming it and its place', () => {
    expect(problemsOf(good)).toBe(
      'staging.yaml:5:21  the variable OWNER_KEY is not set\n  fix: export OWNER_KEY, or remove the line',
    );
  });

  it('lists every unknown key, wrong type and bad URL at once, with the nearest known word', () => {
    const problems = problemsOf(
      'base_uri: x\nbase_url: staging\ncallers:\n  ownr: { api_key: a }\n  viewer: { apikey: a }\nknown: [a]\nedition: 2027-01\n',
    );
    expect(problems).toMatch(
      /staging\.yaml:1:\d+ {2}base_uri is not known here\n {2}fix: did you mean base_url\?/,
    );
    expect(problems).toMatch(/staging\.yaml:2:\d+ {2}is not the URL of a server/);
    expect(problems).toMatch(
      /staging\.yaml:4:\d+ {2}ownr is not known here\n {2}fix: did you mean owner\?/,
    );
    expect(problems).toMatch(
      /staging\.yaml:5:\d+ {2}apikey is not known here\n {2}fix: did you mean api_key\?/,
    );
    expect(problems).toMatch(/staging\.yaml:6:\d+ {2}is not a map/);
    expect(problems).toMatch(/the edition 2027-01 has no contracts/);
  });

  it('may lack anything', () => {
    expect(parseProfile('', 'p.yaml', {})).toMatchObject({ callers: {}, known: {} });
  });
});
