// The lint of the clients that have sent requests to the worlds.
import { lostAfter } from '../../engine/journal.js';
import { lint } from '../../lint/lint.js';
import type { Section } from '../../lint/rule.js';
import { unknownRule } from '../../lint/rules.js';
import type { Control } from '../control.js';
import { type ControlRules, type Request, rule, unknown_world } from './form.js';

const ignored = ({ query }: Request): readonly string[] =>
  String(query.ignore ?? '')
    .split(',')
    .filter((name) => name !== '');

const unknown_rule = (request: Request) => {
  const unknown = unknownRule(ignored(request));
  if (!unknown) return true;
  const message = `there is no rule ${unknown.name}; ${unknown.fix}`;
  return { details: { field: 'ignore', message } };
};

/** What was kept of one world or of all, or else what the journals have. */
function seenIn({ worlds, kept, names }: Control, world?: string) {
  if (kept) return { sections: kept.sections(world), lost: kept.lost, gone: 0 };
  const { deleted, evicted, reset } = worlds.tally;
  const sections = (world === undefined ? names : [world]).map((name) => ({
    world: name,
    entries: worlds.journal(name),
  }));
  const lost = sections.reduce((sum, { entries }) => sum + lostAfter(0, entries), 0);
  return world === undefined
    ? { sections: [...sections, ...straysOf(worlds)], lost, gone: deleted + evicted + reset }
    : { sections, lost, gone: 0 };
}

/** Requests to worlds that there are not, because their credential makes none. */
function straysOf({ strays }: Control['worlds']): readonly Section[] {
  const names = [...new Set(strays.map(({ world }) => world))];
  return names.map((world) => ({
    world,
    entries: strays.filter((entry) => entry.world === world),
  }));
}

const lintOf = (request: Request, world?: string) =>
  [
    'linted',
    lint({
      ...seenIn(request.world, world),
      spec: request.world.product,
      ignore: ignored(request),
    }),
  ] as const;

export const lintControlRules: ControlRules = {
  lintRequests: rule({ guards: { unknown_rule }, accept: (request) => lintOf(request) }),
  lintWorldRequests: rule({
    guards: { unknown_world, unknown_rule },
    accept: (request) => lintOf(request, request.path.world),
  }),
};
