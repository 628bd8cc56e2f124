// Settings of the request-transformer plugin (Kong 3.9).
import type { FieldSchema, PluginSchema } from '../schema/field.ts';
import { allProtocols } from './protocols.ts';

/** Header names of RFC 9110 tokens. */
const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The name before the colon; templates in the name are checked when they are filled in. */
function checkHeader(entry: string): string | null {
  const colon = entry.indexOf(':');
  const name = colon === -1 ? entry : entry.slice(0, colon);
  return name.includes('$(') || tokenPattern.test(name) ? null : `'${name}' is not a valid header`;
}

/** 'name:value' with a value. */
function checkPair(entry: string): string | null {
  const colon = entry.indexOf(':');
  const name = colon === -1 ? entry : entry.slice(0, colon);
  return colon > 0 && colon < entry.length - 1 ? null : `key '${name}' has no value`;
}

function names(what: string, check?: (entry: string) => string | null): FieldSchema {
  const elements: FieldSchema = {
    type: 'string',
    ...(check === undefined ? {} : { check }),
    docs: 'A name.',
  };
  return { type: 'array', default: [], required: true, elements, docs: `${what} to remove.` };
}

function pairs(what: string, verb: string): FieldSchema {
  const elements: FieldSchema = { type: 'string', check: checkPair, docs: "'name:value'." };
  return {
    type: 'array',
    default: [],
    required: true,
    elements,
    docs: `${what} to ${verb}, as 'name:value'.`,
  };
}

function headerPairs(verb: string): FieldSchema {
  const elements: FieldSchema = {
    type: 'string',
    match: /^[^:]+:.*$/s,
    check: checkHeader,
    docs: "'name:value'.",
  };
  return {
    type: 'array',
    default: [],
    required: true,
    elements,
    docs: `Headers to ${verb}, as 'name:value'.`,
  };
}

function edits(verb: string, more: Readonly<Record<string, FieldSchema>> = {}): FieldSchema {
  return {
    type: 'record',
    fields: {
      body: pairs('Body fields', verb),
      headers: headerPairs(verb),
      querystring: pairs('Query arguments', verb),
      ...more,
    },
    docs: `What to ${verb}.`,
  };
}

export const requestTransformer: PluginSchema = {
  name: 'request-transformer',
  allowsConsumer: true,
  protocols: allProtocols,
  fields: {
    http_method: { type: 'string', match: /^[A-Z]+$/, docs: 'Method towards the upstream.' },
    remove: {
      type: 'record',
      fields: {
        body: names('Body fields'),
        headers: names('Headers', checkHeader),
        querystring: names('Query arguments'),
      },
      docs: 'What to remove.',
    },
    rename: edits('rename'),
    replace: edits('replace', {
      uri: { type: 'string', docs: 'Path towards the upstream; may hold $(...) templates.' },
    }),
    add: edits('add'),
    append: edits('append'),
  },
};
