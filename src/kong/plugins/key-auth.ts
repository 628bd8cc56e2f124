// Settings of the key-auth plugin (Kong 3.9).
import type { PluginSchema } from '../schema/field.ts';
import { checkHeaderName } from '../schema/text.ts';
import { httpProtocols } from './protocols.ts';

export const keyAuth: PluginSchema = {
  name: 'key-auth',
  allowsConsumer: false,
  protocols: httpProtocols,
  fields: {
    key_names: {
      type: 'array',
      default: ['apikey'],
      required: true,
      elements: { type: 'string', check: checkHeaderName, docs: 'A name.' },
      docs: 'Names of the header, query argument or body field that carries the key.',
    },
    hide_credentials: {
      type: 'boolean',
      default: false,
      required: true,
      docs: 'Removes the key from the request before it goes to the upstream.',
    },
    anonymous: {
      type: 'string',
      docs: 'Consumer (id or username) to act as when no valid key is sent; absent: answer 401.',
    },
    key_in_header: { type: 'boolean', default: true, required: true, docs: 'Looks for the key in headers.' },
    key_in_query: { type: 'boolean', default: true, required: true, docs: 'Looks for the key in the query.' },
    key_in_body: { type: 'boolean', default: false, required: true, docs: 'Looks for the key in the body.' },
    run_on_preflight: {
      type: 'boolean',
      default: true,
      required: true,
      docs: 'Asks for a key on CORS preflight requests (OPTIONS) too.',
    },
    realm: { type: 'string', docs: 'Realm of the WWW-Authenticate header of a 401 answer.' },
  },
};
