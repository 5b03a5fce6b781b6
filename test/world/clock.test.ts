import { afterEach, describe, expect, it, vi } from 'vitest';
import { realClock, toTimestamp, virtualClock } from '../../src/world/clock.js';

describe('the virtual clock', () => {
  it('stands still until a write, and then moves by a second', () => {
    const clock = virtualClock('2026-02-26T23:59:59Z');
    expect([clock.now(), clock.now()]).toEqual(['2026-02-26T23:59:59Z', '2026-02-26T23:59:59Z']);
    clock.tick();
    expect(clock.now()).toBe('2026-02-27T00:00:00Z');
  });

  it('starts at any way to write a time, and tells it in whole seconds of UTC', () => {
    expect(virtualClock('2026-02-26T15:30:00.999+01:00').now()).toBe('2026-02-26T14:30:00Z');
  });

  it('goes its own way when forked', () => {
    const clock = virtualClock('2026-02-26T15:30:00Z');
    clock.tick();
    const fork = clock.fork();
    expect([fork.kind, fork.now()]).toEqual(['virtual', clock.now()]);
    fork.tick();
    expect(clock.now()).toBe('2026-02-26T15:30:01Z');
    clock.tick();
    clock.tick();
    expect(fork.now()).toBe('2026-02-26T15:30:02Z');
  });
});

describe('the real clock', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells the time of the machine in whole seconds, and no write moves it', () => {
    vi.useFakeTimers({ now: Date.parse('2026-02-26T15:30:00.999Z') });
    const clock = realClock();
    clock.tick();
    expect([clock.kind, clock.now()]).toEqual(['real', '2026-02-26T15:30:00Z']);
    vi.setSystemTime(Date.parse('2026-02-26T15:30:02Z'));
    expect(clock.now()).toBe('2026-02-26T15:30:02Z');
    expect(clock.fork()).toMatchObject({ kind: 'real' });
  });

  it('goes on from the time of a scenario that lies ahead', () => {
    vi.useFakeTimers({ now: Date.parse('2026-02-26T15:30:00.400Z') });
    const clock = realClock('2026-03-01T00:00:00Z');
    const past = realClock('2020-01-01T00:00:00Z');
    expect([clock.now(), past.now()]).toEqual(['2026-03-01T00:00:00Z', '2026-02-26T15:30:00Z']);
    vi.setSystemTime(Date.parse('2026-02-26T15:30:07.400Z'));
    expect([clock.now(), past.now()]).toEqual(['2026-03-01T00:00:07Z', '2026-02-26T15:30:07Z']);
    expect(clock.fork().now()).toBe('2026-03-01T00:00:07Z');
    // Also where it was frozen meanwhile.
    clock.freeze();
    vi.setSystemTime(Date.parse('2026-02-26T15:31:00.400Z'));
    expect(clock.now()).toBe('2026-03-01T00:00:07Z');
    clock.thaw();
    vi.setSystemTime(Date.parse('2026-02-26T15:31:01.400Z'));
    expect(clock.now()).toBe('2026-03-01T00:00:08Z');
  });

  it('is not earlier in a fork', () => {
    vi.useFakeTimers({ now: Date.parse('2026-02-26T15:30:00Z') });
    const clock = realClock();
    clock.now();
    vi.setSystemTime(Date.parse('2026-02-26T12:00:00Z'));
    expect(clock.fork().now()).toBe('2026-02-26T15:30:00Z');
  });

  it('never goes back, also when the machine does', () => {
    vi.useFakeTimers({ now: Date.parse('2026-02-26T15:30:00Z') });
    const clock = realClock();
    clock.now();
    vi.setSystemTime(Date.parse('2026-02-26T12:00:00Z'));
    expect(clock.now()).toBe('2026-02-26T15:30:00Z');
  });
});

describe('a timestamp', () => {
  it('has whole seconds, rounded down', () => {
    expect(toTimestamp(1_999)).toBe('1970-01-01T00:00:01Z');
  });
});
