/** What a report folder holds, in the order of the names. */
export const REPORT_FILES = [
  'coverage.json',
  'index.html',
  'junit.xml',
  'results.json',
  'results.sarif',
  'run.har',
  'summary.md',
] as const;
