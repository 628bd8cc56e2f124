// The options of what the gateway tells of itself: headers, error pages, debug headers. In Kong: `headers`, `headers_upstream`,
// `error_template_*`, `error_default_type`, `allow_debug_header`.

import type { AnswerOptions, ShownHeaders } from '../proxy/exchange/answer-options.ts';
import { type ErrorPages, type Format, formats } from '../proxy/exchange/error-page.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitBadInput, exitUsage } from './exit-codes.ts';
import { readInputText } from './input-file.ts';
import { spelled } from './parse.ts';

const headersDefault = 'server_tokens,latency_tokens,x-kong-request-id';
const upstreamHeadersDefault = 'x-kong-request-id';
const templateBytesMax = 65_536;

/** What each word of the list shows. X-Kong-Admin-Latency is of the Admin API, which always says it. */
const shownBy: Readonly<Record<string, readonly (keyof ShownHeaders)[]>> = {
  server_tokens: ['via', 'server'],
  latency_tokens: ['proxyLatency', 'upstreamLatency', 'responseLatency'],
  'x-kong-request-id': ['requestId'],
  via: ['via'],
  server: ['server'],
  'x-kong-proxy-latency': ['proxyLatency'],
  'x-kong-response-latency': ['responseLatency'],
  'x-kong-upstream-latency': ['upstreamLatency'],
  'x-kong-upstream-status': ['upstreamStatus'],
  'x-kong-admin-latency': [],
};

export const answerOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  headers: {
    type: 'string',
    value: 'LIST',
    default: headersDefault,
    help: 'headers of its own that responses get, with commas: server_tokens, latency_tokens, X-Kong-Request-Id, X-Kong-Upstream-Status, single ones by name, or off',
  },
  'headers-upstream': {
    type: 'string',
    value: 'LIST',
    default: upstreamHeadersDefault,
    help: 'headers of its own that upstreams are told: X-Kong-Request-Id, or off',
  },
  'error-template': {
    type: 'string',
    multiple: true,
    value: 'KIND=FILE',
    help: 'body of errors (html, json, xml, plain): the first %s in FILE is the message, a second one the id of the request; repeatable',
  },
  'error-default-type': {
    type: 'string',
    value: 'TYPE',
    default: 'text/plain',
    help: 'type of errors below HTTP where the request names none: text/plain, text/html, application/json, application/xml, application/grpc',
  },
  'allow-debug-header': {
    type: 'boolean',
    default: false,
    help: 'a client that sends Kong-Debug: 1 is told route and service (Kong-Route-Id, Kong-Service-Name, ...)',
  },
};

/** The words of a list; null: off. */
function wordsOf(input: CommandInput, option: string): readonly string[] | null {
  const words = String(input.options[option])
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  return words.includes('off') ? null : words;
}

function shownOf(input: CommandInput): ShownHeaders {
  const shown = {
    via: false,
    server: false,
    requestId: false,
    proxyLatency: false,
    upstreamLatency: false,
    responseLatency: false,
    upstreamStatus: false,
  };
  for (const word of wordsOf(input, 'headers') ?? []) {
    const names = Object.hasOwn(shownBy, word) ? shownBy[word]! : null;
    if (names === null)
      throw new CommandError(exitUsage, `${spelled(input, 'headers')}: there is no header '${word}' to show`);
    for (const name of names) shown[name] = true;
  }
  return shown;
}

function readTemplate(path: string, option: string): string {
  const text = readInputText(path, option);
  if (Buffer.byteLength(text) > templateBytesMax)
    throw new CommandError(exitBadInput, `${option}: ${path} is larger than ${templateBytesMax} bytes`);
  const places = text.replaceAll('%%', '').match(/%./gs) ?? [];
  if (places.some((place) => place !== '%s') || places.length === 0 || places.length > 2)
    throw new CommandError(
      exitBadInput,
      `${option}: ${path} needs one %s for the message, and may have a second one for the id of the request; a % is written %%`,
    );
  return text;
}

function pagesOf(input: CommandInput): ErrorPages {
  const templates: Partial<Record<Exclude<Format, 'grpc'>, string>> = {};
  for (const given of input.options['error-template'] as readonly string[]) {
    const [kind = '', ...path] = given.split('=');
    if (kind !== 'html' && kind !== 'json' && kind !== 'xml' && kind !== 'plain')
      throw new CommandError(
        exitUsage,
        `${spelled(input, 'error-template')} must be html=FILE, json=FILE, xml=FILE or plain=FILE, not '${given}'`,
      );
    templates[kind] = readTemplate(path.join('='), spelled(input, 'error-template'));
  }
  const type = String(input.options['error-default-type']).toLowerCase();
  const fallback =
    type === 'application/grpc' ? 'grpc' : Object.hasOwn(formats, type) ? formats[type]! : null;
  if (fallback === null || type.includes('*'))
    throw new CommandError(
      exitUsage,
      `${spelled(input, 'error-default-type')} must be text/plain, text/html, application/json, application/xml or application/grpc, not '${type}'`,
    );
  return { templates, fallback };
}

/** To spread into the limits of a gateway. */
export function answersOf(input: CommandInput): { readonly answers: AnswerOptions } {
  const upstream = wordsOf(input, 'headers-upstream') ?? [];
  if (upstream.some((word) => word !== upstreamHeadersDefault))
    throw new CommandError(
      exitUsage,
      `${spelled(input, 'headers-upstream')} must be ${upstreamHeadersDefault} or off`,
    );
  return {
    answers: {
      shown: shownOf(input),
      tellsUpstreamId: upstream.length > 0,
      errorPages: pagesOf(input),
      allowsDebugHeader: input.options['allow-debug-header'] === true,
    },
  };
}
