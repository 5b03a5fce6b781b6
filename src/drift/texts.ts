// Drifts of texts that are not kept as they were sent.
import type { OperationId } from '../spec/document.js';
import { bodyOf, type Drift, withFields } from './form.js';
import { handDrift } from './hand/form.js';
import { changeTexts } from './values.js';

const both = ['name', 'description'];

/** The texts that nobody but their writer understands. */
const texts: Readonly<Partial<Record<OperationId, readonly string[]>>> = {
  createSpace: both,
  updateSpace: both,
  createThread: ['title', 'metadata'],
  updateThread: ['title', 'metadata'],
  createSlice: both,
  updateSlice: both,
  createComposite: both,
  updateComposite: both,
  createStoreInSlice: both,
  updateStore: both,
  createVectorStore: both,
  updateVectorStore: both,
  updateMessage: ['content', 'metadata'],
};

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const changes: Readonly<Record<string, readonly [does: string, (text: string) => string]>> = {
  one_blank: ['makes one blank of several', (text) => text.replace(/ +/g, ' ')],
  trimmed: ['takes the blanks at the ends away', (text) => text.trim() || text],
  lower_case: ['makes all letters small', (text) => text.toLowerCase()],
  composed: ['composes letters and their accents', (text) => text.normalize('NFC')],
  plain_letters: ['takes accents off', (text) => text.normalize('NFD').replace(/\p{M}/gu, '')],
  one_line: ['makes a blank of each line break', (text) => text.replace(/[\r\n\t]+/g, ' ')],
  unix_lines: ['makes a line feed of each line break', (text) => text.replaceAll('\r\n', '\n')],
  escaped: ['escapes HTML', (text) => text.replace(/[&<>"]/g, (mark) => entities[mark] as string)],
  unescaped: ['reads what looks like HTML', (text) => text.replaceAll('&amp;', '&')],
  stripped: ['takes out what looks like a tag', (text) => text.replace(/<[^>]*>/g, '')],
  no_emoji: [
    'leaves out what needs four bytes',
    (text) => text.replace(/[\u{10000}-\u{10ffff}]/gu, ''),
  ],
  cut_at_100: ['keeps a hundred characters', (text) => text.slice(0, 100)],
  cut_at_255: ['keeps 255 characters', (text) => text.slice(0, 255)],
  cut_at_1000: ['keeps a thousand characters', (text) => text.slice(0, 1000)],
};

/**
 * A message is trimmed, as the document has it, and names end before a thousand. What can never be
 * deleted is made with no text of which nobody says that it is taken.
 */
const isNone = (id: OperationId, field: string, change: string): boolean =>
  (change === 'trimmed' && field === 'content') ||
  (change === 'cut_at_1000' && /^create(Slice|Composite)$/.test(id)) ||
  (/cut_at_(255|1000)/.test(change) && ['name', 'title', 'metadata'].includes(field));

export const textDrifts = (): readonly Drift[] =>
  (Object.entries(texts) as [OperationId, readonly string[]][]).flatMap(([id, fields]) =>
    fields.flatMap((field) =>
      Object.entries(changes)
        .filter(([what]) => !isNone(id, field, what))
        .map(([what, [does, change]]) =>
          handDrift([id], `${field}_${what}`, `${does} in ${field}`, () => ({
            decide: (ask, call) => {
              const value = bodyOf(call)[field];
              return ask(
                value === undefined
                  ? call
                  : withFields(call, { [field]: changeTexts(value, change) }),
              );
            },
          })),
        ),
    ),
  );
