// What programs get of a report: each rendering by itself.
import type { Report } from '../run/options.js';
import { toJunit as junitOf } from './junit.js';
import { toResults as resultsOf } from './results.js';
import { tell } from './telling.js';
import { toText as textOf } from './text.js';
import type { FailOn } from './verdict.js';

/** Plain lines for a terminal or a CI log. */
export const toText = (report: Report): string => textOf(tell(report));

/** The report as data, in the form of contracts/results.schema.json. */
export const toResults = (report: Report, failOn?: FailOn): object =>
  resultsOf(tell(report, failOn));

/** The report as junit.xml. */
export const toJunit = (report: Report, failOn: FailOn): string => junitOf(tell(report, failOn));
