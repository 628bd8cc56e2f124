// The body of an error in the type that the client prefers, in Kong's format.

export interface ErrorPage {
  readonly contentType: string;
  readonly body: string;
}

export type Format = 'json' | 'plain' | 'html' | 'xml' | 'grpc';

/** Plain data. */
export interface ErrorPages {
  /** In the place of Kong's own: the first `%s` is the message, a second one the id of the request, `%%` is `%`. */
  readonly templates: Readonly<Partial<Record<Exclude<Format, 'grpc'>, string>>>;
  /** Of errors that nginx makes in Kong, where the request says nothing of types. */
  readonly fallback: Format;
}

export const pagesOfKong: ErrorPages = { templates: {}, fallback: 'plain' };

/** By media type. */
export const formats: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'text/plain': 'plain',
  'text/*': 'plain',
  'text/html': 'html',
  'application/xml': 'xml',
};

const mediaType = /(?:[a-z0-9][a-z0-9\-!#$&^_+.]+|\*)\/(?:[a-z0-9][a-z0-9\-!#$&^_+.]+|\*)/iy;
const parameter = /\s*;\s*(?:q=(1(?:\.0{0,3})?|0(?:\.\d{0,3})?)|[a-z0-9][a-z0-9\-!#$&^_+.]+(?:=[^;]*)?)/iy;

/** What one item of Accept asks for, read as Kong reads it; null: it is no media type. */
function readItem(item: string): { readonly type: string; readonly quality: number } | null {
  mediaType.lastIndex = 0;
  const type = mediaType.exec(item)?.[0];
  if (type === undefined) return null;
  let quality = 1;
  parameter.lastIndex = type.length;
  for (let found = parameter.exec(item); found !== null; found = parameter.exec(item))
    if (found[1] !== undefined) quality = Number(found[1]);
  return { type, quality };
}

/** The one of the highest quality, the first among equals. A type that is not known, or in capitals, is JSON. */
function preferredFormat(accept: string): Format {
  let best: Format = 'json';
  let bestQuality = 0;
  for (const text of accept.split(',').slice(0, 32)) {
    const item = readItem(text.trim());
    if (item === null || item.quality <= bestQuality) continue;
    best = Object.hasOwn(formats, item.type) ? formats[item.type]! : 'json';
    bestQuality = item.quality;
  }
  return best;
}

function chooseFormat(
  accept: string | null,
  contentType: string | null,
  isLowLevel: boolean,
  fallback: Format,
): Format {
  if (contentType?.startsWith('application/grpc')) return 'grpc';
  if (accept !== null) return preferredFormat(accept);
  if (!isLowLevel) return 'json';
  // What it sends is then what it takes.
  return contentType === null ? fallback : preferredFormat(contentType);
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const mediaTypes = {
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  plain: 'text/plain; charset=utf-8',
} as const;

/** A message may quote what a client has sent; Kong puts it in as it is. */
function escaped(format: Exclude<Format, 'grpc'>, message: string): string {
  if (format === 'plain') return message;
  return format === 'json' ? JSON.stringify(message).slice(1, -1) : escapeMarkup(message);
}

function fillTemplate(template: string, message: string, requestId: string): string {
  let count = 0;
  return template.replaceAll(/%[s%]/g, (found) => {
    if (found === '%%') return '%';
    count++;
    return count === 1 ? message : requestId;
  });
}

export function errorPage(
  message: string,
  requestId: string,
  accept: string | null,
  contentType: string | null,
  isLowLevel: boolean,
  { templates, fallback }: ErrorPages,
): ErrorPage {
  const format = chooseFormat(accept, contentType, isLowLevel, fallback);
  const template = format === 'grpc' ? undefined : templates[format];
  if (template !== undefined && format !== 'grpc')
    return {
      contentType: mediaTypes[format],
      body: fillTemplate(template, escaped(format, message), requestId),
    };
  switch (format) {
    case 'json':
      return {
        contentType: mediaTypes.json,
        body: `{\n  "message":${JSON.stringify(message)},\n  "request_id":"${requestId}"\n}`,
      };
    case 'html':
      return {
        contentType: mediaTypes.html,
        body: `<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n  </head>\n  <body>\n    <h1>Error</h1>\n    <p>${escapeMarkup(message)}.</p>\n    <p>request_id: ${requestId}</p>\n  </body>\n</html>\n`,
      };
    case 'xml':
      return {
        contentType: mediaTypes.xml,
        body: `<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>${escapeMarkup(message)}</message>\n  <requestid>${requestId}</requestid>\n</error>\n`,
      };
    case 'grpc':
      return { contentType: 'application/grpc', body: '' };
    default:
      return { contentType: mediaTypes.plain, body: `${message}\nrequest_id: ${requestId}\n` };
  }
}

const grpcStatuses: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 6,
  429: 8,
  499: 1,
  500: 13,
  501: 12,
  503: 14,
  504: 4,
};

export function grpcStatus(status: number): number {
  const known = grpcStatuses[status];
  if (known !== undefined) return known;
  if (status >= 500) return 13;
  if (status >= 400) return 3;
  return status >= 200 && status < 300 ? 0 : 2;
}
