// What Prism's proxy says of an exchange, in the header `sl-violations`.

export interface PrismViolation {
  /** Begins with `request` or `response`. */
  readonly location: readonly string[];
  readonly severity: string;
  readonly code?: string | number;
  readonly message: string;
}

/**
 * Throws when the header cannot be read whole: Prism cuts a long one in the middle, and what is cut
 * off must not pass.
 */
export function readViolations(header: string | null): PrismViolation[] {
  if (header === null) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(header);
  } catch {
    throw new Error(`Prism's sl-violations cannot be read whole: ${header}`);
  }
  if (
    !Array.isArray(parsed) ||
    !parsed.every((entry) => ['request', 'response'].includes(entry?.location?.[0]))
  ) {
    throw new Error(`Prism's sl-violations has a form that is not known: ${header}`);
  }
  return parsed as PrismViolation[];
}

export const inResponse = ({ location }: PrismViolation): boolean => location[0] === 'response';
