// Settings of the request-transformer plugin (Kong 3.9).
import type { FieldSchema, PluginSchema } from '../schema/field.ts';
import * as messages from '../schema/messages.ts';
import { parseTemplate } from '../template.ts';
import { allProtocols } from './protocols.ts';

/** Header names of RFC 9110 tokens. */
const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What a value or path may hold between `$(` and `)`. */
function checkTemplate(text: string): string | null {
  const parsed = parseTemplate(text);
  return parsed.ok ? null : parsed.error;
}

/** The name before the colon, and the template after it. */
function checkHeader(entry: string): string | null {
  const colon = entry.indexOf(':');
  const name = colon === -1 ? entry : entry.slice(0, colon);
  if (!tokenPattern.test(name)) return `'${name}' is not a valid header`;
  return colon === -1 ? null : checkTemplate(entry.slice(colon + 1));
}

/** 'name:value' with a value. */
function checkPair(entry: string): string | null {
  const colon = entry.indexOf(':');
  const name = colon === -1 ? entry : entry.slice(0, colon);
  if (colon < 1 || colon === entry.length - 1) return `key '${name}' has no value`;
  return checkTemplate(entry.slice(colon + 1));
}

/** CONNECT would make a tunnel of a connection that others use next, TRACE show what we add to a request. */
function checkMethod(method: string): string | null {
  return method === 'CONNECT' || method === 'TRACE'
    ? messages.notSupported(`method '${method}'`, 'choose another method')
    : null;
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

/** 'old:new', both of them header names. */
function checkRenaming(entry: string): string | null {
  const [from, to] = [entry.slice(0, entry.indexOf(':')), entry.slice(entry.indexOf(':') + 1)];
  const bad = [from, to].find((name) => !tokenPattern.test(name));
  return bad === undefined ? null : `'${bad}' is not a valid header`;
}

function headerPairs(verb: string): FieldSchema {
  const elements: FieldSchema = {
    type: 'string',
    match: /^[^:]+:.*$/s,
    check: verb === 'rename' ? checkRenaming : checkHeader,
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
    http_method: {
      type: 'string',
      match: /^[A-Z]+$/,
      check: checkMethod,
      docs: 'Method towards the upstream; neither CONNECT nor TRACE.',
    },
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
      uri: {
        type: 'string',
        check: checkTemplate,
        docs: 'Path towards the upstream; may hold $(...) templates.',
      },
    }),
    add: edits('add'),
    append: edits('append'),
  },
};
