// The documented cases, and the calls that bring them about.
import { nearest } from '../../files/nearest.js';
import { type CaseDetails, describeCase, listCases } from '../../why/cases.js';
import { type ControlRules, rule } from './form.js';

export const caseRules: ControlRules = {
  listCases: rule({ accept: ({ world }) => ['listed', { cases: listCases(world.product) }] }),

  getCase: rule({
    read: ({ world, path }) => ({
      found: describeCase(world.product, world.recordedCases, {
        operation: path.operation as string,
        case: path.case as string,
      }),
    }),
    guards: {
      unknown_case: ({ world, path, found }) => {
        if (found) return true;
        const name = `${path.operation}.${path.case}`;
        const names = listCases(world.product).map((one) => `${one.operation}.${one.case}`);
        const close = nearest(name, names);
        return {
          details: { field: 'case', case: name, nearest: close === undefined ? [] : [close] },
        };
      },
    },
    accept: ({ found }) => ['found', found as CaseDetails],
  }),
};
