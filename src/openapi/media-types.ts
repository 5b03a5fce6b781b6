// Kinds of media types, and which one is sent where a document leaves it open.

export const isJson = (mediaType: string): boolean =>
  /^(\*\/\*|application\/\*|[^;]*[/+]json\b)/i.test(mediaType);

export const isForm = (mediaType: string): boolean =>
  /^(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(mediaType);

/** The media type that is sent where the document leaves it open. */
export function concrete(mediaType: string): string {
  if (mediaType === '*/*' || mediaType === 'application/*') return 'application/json';
  if (mediaType === 'text/*') return 'text/plain';
  return mediaType
    .replace(/^image\/\*$/, 'image/png')
    .replace(/^(audio|video)\/\*$/, 'application/octet-stream');
}
