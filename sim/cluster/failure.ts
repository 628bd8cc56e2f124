// Every way in which an API call can fail, with the words that a real API server uses.
import type { ApiFailure } from './store-api.ts';

export interface FieldCause {
  /** FieldValueInvalid, FieldValueRequired, ... */
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** What the sentences need to know about a kind. */
export interface FailureSubject {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

function qualified(subject: FailureSubject): string {
  return subject.group === '' ? subject.plural : `${subject.plural}.${subject.group}`;
}

function detailsOf(subject: FailureSubject, name: string): Record<string, unknown> {
  return {
    ...(name === '' ? {} : { name }),
    ...(subject.group === '' ? {} : { group: subject.group }),
    kind: subject.plural,
  };
}

export const failures = {
  notFound(subject: FailureSubject, name: string): ApiFailure {
    const message = `${qualified(subject)} "${name}" not found`;
    return { code: 404, reason: 'NotFound', message, details: detailsOf(subject, name) };
  },
  pathNotFound(): ApiFailure {
    return {
      code: 404,
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
      details: {},
    };
  },
  alreadyExists(subject: FailureSubject, name: string): ApiFailure {
    const message = `${qualified(subject)} "${name}" already exists`;
    return { code: 409, reason: 'AlreadyExists', message, details: detailsOf(subject, name) };
  },
  conflict(subject: FailureSubject, name: string, why: string): ApiFailure {
    const message = `Operation cannot be fulfilled on ${qualified(subject)} "${name}": ${why}`;
    return { code: 409, reason: 'Conflict', message, details: detailsOf(subject, name) };
  },
  modified(subject: FailureSubject, name: string): ApiFailure {
    return failures.conflict(
      subject,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  },
  applyConflict(causes: readonly FieldCause[]): ApiFailure {
    const count = causes.length === 1 ? '1 conflict' : `${causes.length} conflicts`;
    const byManager = new Map<string, string[]>();
    for (const cause of causes) {
      const fields = byManager.get(cause.message) ?? [];
      fields.push(cause.field);
      byManager.set(cause.message, fields);
    }
    const parts = [...byManager].map(([who, fields]) => {
      const what = who.replace(/^conflict with /, 'with ');
      return fields.length === 1 ? `${what}: ${fields[0]}` : `${what}:\n- ${fields.join('\n- ')}`;
    });
    const message = `Apply failed with ${count}: ${byManager.size === 1 ? `conflict${causes.length === 1 ? '' : 's'} ` : 'conflicts '}${parts.join('\nconflicts ')}`;
    return { code: 409, reason: 'Conflict', message, details: { causes } };
  },
  invalid(subject: FailureSubject, name: string, causes: readonly FieldCause[]): ApiFailure {
    const sentences = causes.map((cause) =>
      cause.field === '' ? cause.message : `${cause.field}: ${cause.message}`,
    );
    const list = sentences.length === 1 ? sentences[0] : `[${sentences.join(', ')}]`;
    const kind = subject.group === '' ? subject.kind : `${subject.kind}.${subject.group}`;
    return {
      code: 422,
      reason: 'Invalid',
      message: `${kind} "${name}" is invalid: ${list}`,
      details: {
        ...(name === '' ? {} : { name }),
        ...(subject.group === '' ? {} : { group: subject.group }),
        kind: subject.kind,
        causes,
      },
    };
  },
  badRequest(message: string): ApiFailure {
    return { code: 400, reason: 'BadRequest', message };
  },
  forbidden(
    subject: FailureSubject,
    name: string,
    why: string,
    causes: readonly FieldCause[] = [],
  ): ApiFailure {
    return {
      code: 403,
      reason: 'Forbidden',
      message: `${qualified(subject)} "${name}" is forbidden: ${why}`,
      details: { ...detailsOf(subject, name), ...(causes.length === 0 ? {} : { causes }) },
    };
  },
  methodNotAllowed(subject: FailureSubject | null): ApiFailure {
    return {
      code: 405,
      reason: 'MethodNotAllowed',
      message: 'the server does not allow this method on the requested resource',
      details: subject === null ? {} : detailsOf(subject, ''),
    };
  },
  notAcceptable(supported: readonly string[]): ApiFailure {
    return {
      code: 406,
      reason: 'NotAcceptable',
      message: `only the following media types are accepted: ${supported.join(', ')}`,
    };
  },
  unsupportedMediaType(supported: readonly string[]): ApiFailure {
    return {
      code: 415,
      reason: 'UnsupportedMediaType',
      message: `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`,
    };
  },
  unauthorized(): ApiFailure {
    return { code: 401, reason: 'Unauthorized', message: 'Unauthorized' };
  },
  tooLarge(limit: number): ApiFailure {
    return {
      code: 413,
      reason: 'RequestEntityTooLarge',
      message: `limit is ${limit}`,
    };
  },
  tooManyRequests(): ApiFailure {
    return {
      code: 429,
      reason: 'TooManyRequests',
      message: 'too many requests, please try again later.',
      details: { retryAfterSeconds: 1 },
    };
  },
  /** 410 for a watch from a version whose history is gone. */
  expired(asked: number, oldest: number): ApiFailure {
    return { code: 410, reason: 'Expired', message: `too old resource version: ${asked} (${oldest})` };
  },
  /** 410 for a list of a certain version whose history is gone. */
  listExpired(): ApiFailure {
    return { code: 410, reason: 'Expired', message: 'The resourceVersion for the provided list is too old.' };
  },
  /** `next` goes on with the remainder as it is by then. */
  continueExpired(next: string): ApiFailure {
    return {
      code: 410,
      reason: 'Expired',
      message:
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
      metadata: { continue: next },
    };
  },
  versionTooLarge(asked: number, current: number): ApiFailure {
    return {
      code: 504,
      reason: 'Timeout',
      message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
      details: {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    };
  },
} as const;

/** The metav1.Status document of a failure. */
export function statusDocument(failure: ApiFailure): Record<string, unknown> {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: failure.metadata ?? {},
    status: 'Failure',
    message: failure.message,
    reason: failure.reason,
    ...(failure.details === undefined ? {} : { details: failure.details }),
    code: failure.code,
  };
}
