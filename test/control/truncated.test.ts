// A scenario that is cut off anywhere, or whose rows are, leaves the world as it was.
import { describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { whole } from '../support/sample.js';

const understudy = createUnderstudy();
const put = (body: string | Uint8Array<ArrayBuffer>) =>
  understudy.fetch('/__admin/worlds/default/scenario', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body,
  });
const exported = async () => {
  const response = await understudy.fetch('/__admin/worlds/default/scenario');
  return JSON.parse(await response.text()).data;
};

describe('a scenario that is put', () => {
  it(`is refused when it ends at ${whole ? 'any' : 'every 41st'} byte of it, and the world is as it was`, async () => {
    await understudy.fetch('/v1/spaces/space_abc123/vector-stores/vs_def456', {
      method: 'POST',
      headers: { 'X-API-Key': 'ak_owner' },
    });
    const { world } = understudy;
    const [before, { version }] = [world.snapshot(), world];
    const text = JSON.stringify(await exported());
    const bytes = new TextEncoder().encode(text);
    for (let end = 0; end < bytes.length; end += whole ? 1 : 41) {
      const response = await put(bytes.slice(0, end));
      const { error } = JSON.parse(await response.text());
      expect([end, response.status, typeof error.details.field]).toEqual([end, 422, 'string']);
      expect(world.version).toBe(version);
    }
    expect(world.snapshot()).toEqual(before);
    expect((await put(bytes)).status).toBe(200);
    expect({ ...world.snapshot() }).toEqual({ ...before });
  });

  it('is refused without any of its lists to which others refer, and the world is as it was', async () => {
    const scenario = await exported();
    const { version } = understudy.world;
    for (const list of ['organizations', 'vector_stores', 'threads', 'slices']) {
      const { [list]: _, ...rest } = scenario;
      const response = await put(JSON.stringify(rest));
      const { error } = JSON.parse(await response.text());
      expect([list, response.status, error.code]).toEqual([list, 422, 'BROKEN_SCENARIO']);
    }
    expect(understudy.world.version).toBe(version);
  });
});
