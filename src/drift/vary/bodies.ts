// The same content in another form: the order of keys, the words of messages, the notation of
// times.
import type { OperationId } from '../../spec/document.js';
import type { Json, JsonObject } from '../../spec/message.js';
import { changeAt } from '../../spec/values.js';
import type { Drift } from '../form.js';
import { onBody } from '../rewrite.js';
import { changeObjects, changeTexts, isTime } from '../values.js';
import { vary } from './form.js';

const onTimes = (change: (time: string) => string): Drift['plant'] =>
  onBody((body) => changeTexts(body, (text) => (isTime(text) ? change(text) : text)));

export function bodyVariations(all: readonly OperationId[]): readonly Drift[] {
  const reversed = (object: JsonObject): Json =>
    Object.fromEntries(Object.entries(object).reverse());
  const texts = ['/message', '/error/message', '/error/system_message', '/error/details/message'];
  return [
    vary(
      all,
      'key_order',
      'the keys of every object in another order',
      onBody((body) => changeObjects(body, reversed)),
    ),
    vary(
      all,
      'other_wording',
      'other words for people to read',
      onBody((body) =>
        texts.reduce(
          (changed, pointer) => changeAt(changed, pointer, () => 'Said in other words'),
          body,
        ),
      ),
    ),
    vary(
      all,
      'offset_times',
      'times end in +00:00, not Z',
      onTimes((time) => time.replace(/Z$/, '+00:00')),
    ),
    vary(
      all,
      'fractional_seconds',
      'times with parts of a second',
      onTimes((time) => time.replace(/Z$/, '.250Z')),
    ),
  ];
}
