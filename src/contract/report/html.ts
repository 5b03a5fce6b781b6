// Text that becomes HTML. Whatever is filled into the template is escaped, unless it is HTML already.

/** HTML that needs no more escaping. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Filling = Html | string | number | undefined | readonly Filling[];

/** A template: `html\`<p>${text}</p>\``. A list is filled in one after the other, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...fillings: readonly Filling[]): Html {
  return new Html(
    strings.reduce((text, string, i) => `${text}${written(fillings[i - 1])}${string}`),
  );
}

function written(filling: Filling): string {
  if (filling === undefined) return '';
  if (filling instanceof Html) return filling.text;
  if (typeof filling === 'object') return filling.map(written).join('');
  return escapeHtml(visible(String(filling)));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] as string);

/** Characters that nobody sees, or that turn the direction of a line, as their escapes. */
const visible = (text: string): string =>
  text.replace(
    /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`,
  );

/** An element whose text is our own, and taken by browsers as it is: style or script. */
export const asIs = (element: 'style' | 'script', text: string): Html =>
  new Html(`<${element}>${text}</${element}>`);
