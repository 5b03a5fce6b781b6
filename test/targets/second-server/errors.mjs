// The error answers. Each function makes one ApiError; the router turns it into the envelope.

export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message for end users
   * @param {string} systemMessage for logs
   * @param {object} [details] left out of the answer when undefined, which the envelope allows
   * @param {object} [headers]
   */
  constructor(status, code, message, systemMessage, details, headers) {
    super(systemMessage);
    this.status = status;
    this.code = code;
    this.userMessage = message;
    this.details = details;
    this.headers = headers ?? {};
  }
}

export class NoRoute extends ApiError {
  constructor() {
    super(404, '', '', 'Not Found');
  }
}

const NOT_FOUND = 'The requested resource could not be found.';
const NO_PERMISSION = "You don't have permission to perform this action.";
const BAD_DATA = 'The provided data is invalid.';

// The three wordings of VALIDATION_ERROR (S-C9, K-C4); a route picks the one for its field errors.
export const KNOWLEDGE_FIELD_MESSAGE = 'The request contains invalid data.';
export const GENERAL_FIELD_MESSAGE = 'Please check your input and try again.';

// 401. Wording of the error-codes page; the answer carries no details (7.2, second form).
export function authenticationRequired() {
  const systemMessage = 'No usable credentials in the request';
  return new ApiError(401, 'AUTHENTICATION_REQUIRED', 'Please sign in to continue', systemMessage);
}

const CREDENTIAL_MESSAGES = {
  INVALID_API_KEY: 'Your API key is invalid',
  API_KEY_EXPIRED: 'Your API key has expired',
  API_KEY_DEACTIVATED: 'Your API key has been deactivated',
  API_KEY_PAUSED: 'Your API key is paused',
  TOKEN_EXPIRED: 'Your session has expired',
  TOKEN_INVALID: 'Your session is invalid',
  TOKEN_MISSING_SUBJECT: 'Your session is invalid',
};

/** @param {keyof CREDENTIAL_MESSAGES} code */
export function badCredentials(code) {
  return new ApiError(401, code, CREDENTIAL_MESSAGES[code], `Credentials refused: ${code}`, {});
}

// 403
export function organizationDenied(organization_id) {
  const message = "You don't have access to this organization";
  return new ApiError(403, 'ORGANIZATION_ACCESS_DENIED', message, 'Caller is not a member', {
    organization_id,
  });
}

export function forbidden(systemMessage, details) {
  return new ApiError(403, 'INSUFFICIENT_PERMISSIONS', NO_PERMISSION, systemMessage, details);
}

export const notAMember = (organization_id) =>
  forbidden('Not a member of the organization', { organization_id }); // X2
export const viewRequired = (space_id) => forbidden('View access required', { space_id });
export const editRequired = (space_id) => forbidden('Edit access required', { space_id });
export const ownerRequired = (space_id) => forbidden('Owner access required', { space_id });

// 404
export function notFound(systemMessage, details) {
  return new ApiError(404, 'RESOURCE_NOT_FOUND', NOT_FOUND, systemMessage, details);
}

export const spaceNotFound = (space_id) => notFound('Space not found', { space_id });
export const threadNotFound = (thread_id) => notFound('Thread not found', { thread_id });
export const sliceNotFound = (slice_id) => notFound('Knowledge slice not found', { slice_id });

// Two user texts for one code, one per family of paths (K-C3).
export function storeNotFound(vector_store_id, message = 'Vector store not found.') {
  return new ApiError(404, 'VECTOR_STORE_NOT_FOUND', message, 'Vector store not found', {
    vector_store_id,
  });
}

// 405
export function methodNotAllowed(method, allowed) {
  const allow = allowed.join(', ');
  const message = 'This method is not supported here.';
  return new ApiError(
    405,
    'METHOD_NOT_ALLOWED',
    message,
    `Allowed methods: ${allow}`,
    { method },
    { allow },
  );
}

// 409
export function alreadyExists(systemMessage, details) {
  return new ApiError(
    409,
    'RESOURCE_ALREADY_EXISTS',
    'This resource already exists.',
    systemMessage,
    details,
  );
}

// 413
export function bodyTooLarge() {
  const headers = { connection: 'close' };
  return new ApiError(
    413,
    'REQUEST_TOO_LARGE',
    'The request is too large.',
    'Body exceeds the limit',
    {},
    headers,
  );
}

// 422 naming ids (seed 000) and 422 naming a field (seed 002)
export function invalidReference(systemMessage, details) {
  return new ApiError(422, 'VALIDATION_ERROR', BAD_DATA, systemMessage, details);
}

export function invalidField(field, message, userMessage) {
  return new ApiError(422, 'VALIDATION_ERROR', userMessage, 'Validation error', { field, message });
}

// 500
export function unexpected() {
  return new ApiError(
    500,
    'INTERNAL_ERROR',
    'Something went wrong on our side.',
    'Unhandled failure',
    {},
  );
}
