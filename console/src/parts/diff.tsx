// What has changed in a row, line by line, by jsdiff.
import { structuredPatch } from 'diff';

interface Props {
  readonly before?: object | undefined;
  readonly after?: object | undefined;
}

const textOf = (value: object | undefined): string =>
  value === undefined ? '' : `${JSON.stringify(value, null, 2)}\n`;

/** Changed lines, and two around them. */
export function Diff({ before, after }: Props) {
  const { hunks } = structuredPatch('', '', textOf(before), textOf(after), '', '', { context: 2 });
  return (
    <pre class="diff" tabIndex={0}>
      {hunks.map(({ lines }, at) => (
        <span key={at}>
          {at > 0 ? <span class="gap">⋯{'\n'}</span> : null}
          {lines
            .filter((line) => !line.startsWith('\\'))
            .map((line, index) => (
              <Line key={index} line={line} />
            ))}
        </span>
      ))}
    </pre>
  );
}

function Line({ line }: { readonly line: string }) {
  if (line.startsWith('+')) return <ins>{`${line}\n`}</ins>;
  if (line.startsWith('-')) return <del>{`${line}\n`}</del>;
  return <span>{`${line}\n`}</span>;
}
