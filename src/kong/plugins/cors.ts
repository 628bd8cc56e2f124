// Settings of the cors plugin (Kong 3.9).
import { checkRegex } from '../regex.ts';
import type { PluginSchema } from '../schema/field.ts';
import { httpProtocols } from './protocols.ts';

const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];

function checkOrigin(origin: string): string | null {
  return origin === '*' || checkRegex(origin) === null ? null : `'${origin}' is not a valid regex`;
}

export const cors: PluginSchema = {
  name: 'cors',
  allowsConsumer: false,
  protocols: httpProtocols,
  fields: {
    origins: {
      type: 'array',
      elements: { type: 'string', check: checkOrigin, docs: "An origin, a regular expression or '*'." },
      docs: 'Origins that may read responses; absent: all.',
    },
    headers: {
      type: 'array',
      elements: { type: 'string', docs: 'A header name.' },
      docs: 'Answer for Access-Control-Allow-Headers; absent: what the preflight asked for.',
    },
    exposed_headers: {
      type: 'array',
      elements: { type: 'string', docs: 'A header name.' },
      docs: 'Answer for Access-Control-Expose-Headers.',
    },
    methods: {
      type: 'array',
      default: methods,
      elements: { type: 'string', oneOf: methods, docs: 'A method.' },
      docs: 'Answer for Access-Control-Allow-Methods.',
    },
    max_age: { type: 'number', docs: 'Seconds that a preflight answer may be cached.' },
    credentials: {
      type: 'boolean',
      default: false,
      required: true,
      docs: 'Sends Access-Control-Allow-Credentials: true.',
    },
    private_network: {
      type: 'boolean',
      default: false,
      required: true,
      docs: 'Sends Access-Control-Allow-Private-Network: true when asked for.',
    },
    preflight_continue: {
      type: 'boolean',
      default: false,
      required: true,
      docs: 'Sends preflight requests on to the upstream instead of answering them.',
    },
    allow_origin_absent: {
      type: 'boolean',
      default: true,
      isNewer: true,
      docs: 'Adds the headers also to answers of requests without an Origin header.',
    },
  },
};
