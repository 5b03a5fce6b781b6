import { beforeEach, describe, expect, it } from 'vitest';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { call } from '../support/call.js';
import { owner } from '../support/requests.js';

const add = owner.post('/v1/spaces/space_abc123/threads/thrd_def456');
const remove = owner.delete('/v1/spaces/space_abc123/threads/thrd_def456');

describe('a space takes in the messages of its threads', () => {
  let understudy: Understudy;
  beforeEach(() => {
    understudy = createUnderstudy();
  });
  const rows = (messageId: string) =>
    understudy.embeddings({ space_id: 'space_abc123', message_id: messageId });
  const ofThread = () =>
    understudy
      .embeddings({ space_id: 'space_abc123' })
      .filter((row) => row.thread_id === 'thrd_def456');

  it('queues each message exactly once when the thread is added', async () => {
    expect(ofThread()).toEqual([]);
    await call(understudy, add);
    for (const id of ['msg_1', 'msg_2', 'msg_3']) expect(rows(id)).toHaveLength(1);
    expect(ofThread().every((row) => row.vector_store_id === 'vs_abc123')).toBe(true);
  });

  it('queues nothing again when the thread is added again, and says when it was first added', async () => {
    const first = await call(understudy, add);
    const again = await call(understudy, add);
    expect(again.case).toBe('addThreadToSpace.already_added');
    expect(again.body).toEqual(first.body);
    for (const id of ['msg_1', 'msg_2', 'msg_3']) expect(rows(id)).toHaveLength(1);
  });

  it('queues a later message by itself, once per space', async () => {
    await call(understudy, add);
    await call(understudy, owner.post('/v1/spaces/space_lobby/threads/thrd_def456'));
    const message = understudy.addMessage({ thread_id: 'thrd_def456', content: 'And the blog?' });
    expect(rows(message.id)).toHaveLength(1);
    expect(
      understudy
        .embeddings({ message_id: message.id })
        .map((row) => row.space_id)
        .sort(),
    ).toEqual(['space_abc123', 'space_lobby']);
    const { body } = await call(understudy, owner.get('/v1/spaces/space_abc123'));
    expect(body.last_activity_at).toBe(message.created_at);
  });

  it('queues nothing for a message of a thread that is in no space', () => {
    const message = understudy.addMessage({ thread_id: 'thrd_empty', content: 'Hello?' });
    expect(understudy.embeddings({ message_id: message.id })).toEqual([]);
  });

  it('forgets the vectors when the thread is removed, keeps the thread, and takes it in again', async () => {
    await call(understudy, add);
    expect((await call(understudy, remove)).status).toBe(204);
    expect(ofThread()).toEqual([]);
    expect((await call(understudy, owner.get('/v1/threads/thrd_def456'))).body).toMatchObject({
      message_count: 3,
      space_ids: [],
    });
    await call(understudy, add);
    for (const id of ['msg_1', 'msg_2', 'msg_3']) expect(rows(id)).toHaveLength(1);
  });

  it('loses links and vectors with the space, and the thread knows', async () => {
    await call(understudy, add);
    expect((await call(understudy, owner.get('/v1/threads/thrd_def456'))).body.space_ids).toEqual([
      'space_abc123',
    ]);
    await call(understudy, owner.delete('/v1/spaces/space_abc123'));
    expect(understudy.embeddings({ space_id: 'space_abc123' })).toEqual([]);
    expect((await call(understudy, owner.get('/v1/threads/thrd_def456'))).body.space_ids).toEqual(
      [],
    );
  });

  it('refuses to add a message to a thread that is not there', () => {
    expect(() => understudy.addMessage({ thread_id: 'thrd_nowhere', content: 'x' })).toThrow(
      'No thread has the id thrd_nowhere.',
    );
  });
});
