// What a server does wrong in all operations alike, such as another spelling of its fields.
import type { OperationId } from '../../spec/document.js';
import type { Json } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import { changeAt } from '../../spec/values.js';
import { type Drift, withBody } from '../form.js';
import { always, onBody } from '../rewrite.js';
import { changeObjects, changeTexts, isTime, shifted } from '../values.js';
import { handDrift, isSuccess, onSuccess } from './form.js';

export function commonDrifts(all: readonly OperationId[]): readonly Drift[] {
  const spelled = (key: string): string =>
    key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const renamed = (body: Json): Json =>
    changeObjects(body, (object) =>
      Object.fromEntries(Object.entries(object).map(([key, value]) => [spelled(key), value])),
    );
  const withTimes = (change: (time: string) => Json): Drift['plant'] =>
    onBody((body) => changeTexts(body, (text) => (isTime(text) ? change(text) : text)));
  return [
    handDrift(all, 'camel_case', 'spells its fields like the pages of 2025', onBody(renamed)),
    handDrift(
      all,
      'unix_times',
      'writes times as numbers, like the pages of 2025',
      withTimes((time) => Date.parse(time) / 1000),
    ),
    handDrift(
      all,
      'local_times',
      'writes times without a zone',
      withTimes((time) => time.replace(/Z$/, '')),
    ),
    handDrift(
      all,
      'days_only',
      'writes days for times',
      withTimes((time) => time.slice(0, 10)),
    ),
    handDrift(
      all,
      'clock_runs_back',
      'writes later times as earlier ones',
      onBody((body) =>
        changeAt(body, '/updated_at', (time) =>
          typeof time === 'string' ? shifted(time, -86_400 * 3650) : time,
        ),
      ),
    ),
    handDrift(
      all,
      'nulls_left_out',
      'leaves out what is null',
      onBody((body) =>
        changeObjects(body, (object) =>
          Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null)),
        ),
      ),
    ),
    handDrift(
      all,
      'empty_lists_null',
      'writes null for an empty list',
      onBody((body) =>
        changeObjects(body, (object) =>
          Object.fromEntries(
            Object.entries(object).map(([key, value]) => [
              key,
              Array.isArray(value) && value.length === 0 ? null : value,
            ]),
          ),
        ),
      ),
    ),
    handDrift(
      all,
      'details_lost',
      'refuses without details',
      onBody((body) => changeAt(body, '/error/details', () => ({}))),
    ),
    handDrift(
      all,
      'bare_errors',
      'refuses without the envelope',
      always((honest) =>
        isSuccess(honest)
          ? honest.response
          : withBody(honest.response, (body) => atPointer(body, '/error') ?? null),
      ),
    ),
    handDrift(
      all,
      'success_unmarked',
      'says success on a refusal',
      onBody((body) => changeAt(body, '/success', () => true)),
    ),
    handDrift(
      all,
      'ok_always',
      'refuses with 200 and the error in the body',
      always(({ response }) => ({
        ...response,
        status: response.status >= 400 ? 200 : response.status,
      })),
    ),
    handDrift(
      all,
      'no_media_type',
      'does not say that it is JSON',
      always(({ response }) => ({
        ...response,
        headers: Object.fromEntries(
          Object.entries(response.headers).filter(([name]) => name !== 'content-type'),
        ),
      })),
    ),
    handDrift(all, 'methods_taken', 'takes methods that no path has', () => ({
      refuseMethod: (refusal) => ({ ...refusal, status: 200, body: '{}' }),
    })),
    handDrift(all, 'allow_missing', 'refuses such a method without Allow', () => ({
      refuseMethod: ({ headers: { allow: _, ...headers }, ...refusal }) => ({
        ...refusal,
        headers,
      }),
    })),
    handDrift(all, 'allow_wrong', 'allows OPTIONS alone', () => ({
      refuseMethod: (refusal) => ({
        ...refusal,
        headers: { ...refusal.headers, allow: 'OPTIONS' },
      }),
    })),
    handDrift(
      all,
      'wrapped',
      'wraps every body in data',
      onSuccess((body) => ({ data: body })),
    ),
  ];
}
