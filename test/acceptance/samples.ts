// The seeds' samples as data: each request, who sends it, what came before, and the answer the seed
// shows.
import { readFileSync } from 'node:fs';
import type { Json } from '../../src/spec/message.js';
import type { Form } from './compare.js';
import type { SentRequest } from './senders.js';

export interface Sample {
  readonly name: string;
  /** The credential of the default scenario that takes the place of the sample's own. */
  readonly credential: string;
  /** In its headers, `{credential}` stands where the sample has a variable. */
  readonly request: SentRequest;
  /** The same request was sent before, this many times. */
  readonly repeated?: number;
  readonly response: {
    readonly status: number;
    readonly body: Json;
    /** Fields that differ from world to world, by JSON pointer. */
    readonly volatile: Readonly<Record<string, Form>>;
  };
}

export type Seed = '000' | '001' | '002' | '003';
export const seeds: readonly Seed[] = ['000', '001', '002', '003'];

export function samplesOf(seed: Seed): readonly Sample[] {
  return JSON.parse(
    readFileSync(new URL(`samples/seed-${seed}.json`, import.meta.url), 'utf8'),
  ) as Sample[];
}

export function requestOf({ request, credential }: Sample): SentRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    value.replace('{credential}', credential),
  ]);
  return { ...request, headers: Object.fromEntries(headers) as Record<string, string> };
}
