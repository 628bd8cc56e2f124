// key-auth: who is calling, by a key in a header, a query argument or a body field. Kong 3.9 messages and headers.
import type { Plugin } from '../../../kong/entity.ts';
import { type AccessContext, type PhaseResult, phaseDone, phaseExit } from '../../exchange/context.ts';
import { clearCredentials, continueAs, continueAsAnonymous, removeClaims } from '../identity.ts';
import type { PluginHandler } from '../plugin.ts';
import { parseQuery, withoutArgument } from '../query.ts';
import { refuse } from '../refusal.ts';
import { findBodyKey } from './body-key.ts';

/** Bodies up to this size are searched for the key; larger ones are refused with 413. */
const bodyBytesMax = 1024 * 1024;

interface KeyAuthConfig {
  readonly key_names: readonly string[];
  readonly hide_credentials: boolean;
  readonly anonymous: string | null;
  readonly key_in_header: boolean;
  readonly key_in_query: boolean;
  readonly key_in_body: boolean;
  readonly run_on_preflight: boolean;
  readonly realm: string | null;
}

/** Several values where one is allowed. */
const duplicate = Symbol('duplicate');
type Found = string | null | typeof duplicate;

function headerKey(context: AccessContext, lowerName: string): Found {
  const value = context.request.header(lowerName);
  if (value === null) return null;
  let lines = 0;
  for (const [line] of context.request.headers()) {
    if (line.length === lowerName.length && line.toLowerCase() === lowerName) lines++;
  }
  return lines > 1 ? duplicate : value;
}

function queryKey(context: AccessContext, name: string): Found {
  const query = context.request.query;
  if (query === '') return null;
  let found: string | null = null;
  for (const argument of parseQuery(query)) {
    if (argument.name !== name) continue;
    if (found !== null) return duplicate;
    found = argument.value;
  }
  return found;
}

/** Header and query alike: a client that sends the key twice must not hand it to the upstream. */
function hideKey(context: AccessContext, name: string): void {
  context.edits.removeHeader(name);
  const query = context.edits.currentQuery();
  if (query !== '') context.edits.setQuery(withoutArgument(query, name));
}

class KeyAuth {
  readonly #config: KeyAuthConfig;
  readonly #lowerNames: readonly string[];
  readonly #challenge: Readonly<Record<string, string>>;

  constructor(config: KeyAuthConfig) {
    this.#config = config;
    this.#lowerNames = config.key_names.map((name) => name.toLowerCase());
    const realm = config.realm;
    this.#challenge = {
      'WWW-Authenticate':
        realm === null || realm === undefined || realm === ''
          ? 'Key'
          : `Key realm="${realm.replace(/["\\]/g, '\\$&')}"`,
    };
  }

  access(context: AccessContext): PhaseResult {
    const config = this.#config;
    if (!config.run_on_preflight && context.request.method === 'OPTIONS') {
      removeClaims(context);
      return phaseDone;
    }
    if (config.anonymous && context.credentialId !== '') return phaseDone;
    for (let i = 0; i < this.#lowerNames.length; i++) {
      const name = config.key_names[i]!;
      let found: Found = null;
      if (config.key_in_header) found = headerKey(context, this.#lowerNames[i]!);
      if (found === null && config.key_in_query) found = queryKey(context, name);
      if (found === null) continue;
      if (config.hide_credentials) hideKey(context, name);
      return this.#decide(context, found);
    }
    return config.key_in_body ? this.#searchBody(context) : this.#decide(context, null);
  }

  /** Who calls decides what the later plugins do: they wait for the body too. */
  #searchBody(context: AccessContext): PhaseResult {
    const contentType = context.request.header('content-type') ?? '';
    const { key_names, hide_credentials } = this.#config;
    return context.readBody(bodyBytesMax, (body) => {
      const found = findBodyKey(body, contentType, key_names, hide_credentials);
      if (found.body !== body) context.edits.transformBody(bodyBytesMax, () => found.body);
      return this.#decide(context, found.isDuplicate ? duplicate : found.key);
    });
  }

  #decide(context: AccessContext, found: Found): PhaseResult {
    if (found === duplicate) return this.#fail(context, 'Duplicate API key found');
    if (found === null || found === '') return this.#fail(context, 'No API key found in request');
    const match = context.compiled.consumerByKey(found);
    if (match === null) return this.#fail(context, 'Unauthorized');
    continueAs(context, match.consumer, match.credentialId);
    return phaseDone;
  }

  #fail(context: AccessContext, message: string): PhaseResult {
    if (this.#config.anonymous) return continueAsAnonymous(context, this.#config.anonymous);
    clearCredentials(context);
    refuse(context, 401, message, this.#challenge);
    return phaseExit;
  }
}

export const keyAuthHandler: PluginHandler = {
  name: 'key-auth',
  priority: 1250,
  prepare(plugin: Plugin) {
    return new KeyAuth(plugin.config as unknown as KeyAuthConfig);
  },
};
