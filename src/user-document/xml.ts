// A value as XML, for answers whose document lists no JSON: a field is an element, a list is the
// element repeated.

export function toXml(value: unknown, element = 'xml'): string {
  if (Array.isArray(value)) return value.map((item) => toXml(item, element)).join('');
  const tag = element.replace(/[^\w.-]/g, '_').replace(/^(?![a-z_])/i, '_');
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([name, field]) => toXml(field, name))
          .join('')
      : escapeText(String(value ?? ''));
  return `<${tag}>${inner}</${tag}>`;
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
