// request-transformer: changes the request on its way to the upstream. Order as in Kong: path, method, headers, body,
// query; within each remove, rename, replace, add, append.
import type { Plugin } from '../../../kong/entity.ts';
import type { Template } from '../../../kong/template.ts';
import { type AccessContext, type PhaseResult, phaseDone } from '../../exchange/context.ts';
import type { PluginHandler } from '../plugin.ts';
import { formatQuery, parseQuery } from '../query.ts';
import { formType, mediaType, type RenderedRules, transformArguments, transformBody } from './body.ts';
import {
  type NameValue,
  prepareRules,
  prepareTemplate,
  type RuleConfig,
  type Rules,
  render,
  renderHeader,
} from './rules.ts';

/** Larger bodies are refused with 413 when they would have to be changed. */
const bodyBytesMax = 8 * 1024 * 1024;

type TransformerConfig = RuleConfig & {
  readonly http_method?: string | null;
  readonly replace?: { readonly uri?: string | null } | null;
};

const methodsWithoutBody = new Set(['GET', 'HEAD', 'TRACE']);

/** All values of a header: every line the client sent, unless an earlier edit changed it. */
function headerValues(context: AccessContext, lowerName: string): readonly string[] {
  const current = context.edits.currentHeader(lowerName);
  if (current === null) return [];
  if (current !== context.request.header(lowerName)) return [current];
  const values: string[] = [];
  for (const [name, value] of context.request.headers())
    if (name.toLowerCase() === lowerName) values.push(value);
  return values;
}

function transformHeaders(context: AccessContext, rules: Rules): void {
  const { edits } = context;
  for (const name of rules.remove) edits.removeHeader(name);
  for (const { from, to } of rules.rename) {
    const values = headerValues(context, from.toLowerCase());
    if (values.length === 0 || from.toLowerCase() === to.toLowerCase()) continue;
    edits.removeHeader(from);
    edits.setHeader(to, values[0]!);
    for (let i = 1; i < values.length; i++) edits.addHeader(to, values[i]!);
  }
  for (const { name, lowerName, value } of rules.replace) {
    if (lowerName === 'host' || edits.currentHeader(lowerName) !== null)
      edits.setHeader(name, renderHeader(value, context));
  }
  for (const { name, lowerName, value } of rules.add) {
    if (lowerName !== 'host' && edits.currentHeader(lowerName) === null)
      edits.setHeader(name, renderHeader(value, context));
  }
  for (const { name, lowerName, value } of rules.append) {
    if (lowerName !== 'host') edits.addHeader(name, renderHeader(value, context));
  }
}

function renderRules(rules: Rules, context: AccessContext): RenderedRules {
  const rendered = (list: readonly NameValue[]) =>
    list.map(({ name, value }) => ({ name, value: render(value, context) }));
  return {
    remove: rules.remove,
    rename: rules.rename,
    replace: rendered(rules.replace),
    add: rendered(rules.add),
    append: rendered(rules.append),
  };
}

function transformQuery(context: AccessContext, rules: RenderedRules): void {
  context.edits.setQuery(formatQuery(transformArguments(parseQuery(context.edits.currentQuery()), rules)));
}

/** A path from a template: begins with '/', and bytes that would end the request line are escaped. */
function safePath(text: string): string {
  const path = text.startsWith('/') ? text : `/${text}`;
  return path.replace(/[^\u0021-\u007e]|[?#]/gu, (character) =>
    character === '?' ? '%3F' : character === '#' ? '%23' : encodeURIComponent(character.toWellFormed()),
  );
}

class RequestTransformer {
  readonly #uri: Template | null;
  readonly #method: string | null;
  readonly #headers: Rules | null;
  readonly #query: Rules | null;
  readonly #body: Rules | null;

  constructor(config: TransformerConfig) {
    const uri = config.replace?.uri;
    this.#uri = uri ? prepareTemplate(uri) : null;
    this.#method = config.http_method ? config.http_method.toUpperCase() : null;
    this.#headers = prepareRules(config, 'headers');
    this.#query = prepareRules(config, 'querystring');
    this.#body = prepareRules(config, 'body');
  }

  access(context: AccessContext): PhaseResult {
    const { edits } = context;
    // Templates read the request as it came to this plugin: rendered before the first edit.
    const query = this.#query === null ? null : renderRules(this.#query, context);
    const body = this.#body === null ? null : renderRules(this.#body, context);
    if (this.#uri !== null) edits.setPath(safePath(render(this.#uri, context)));
    const type = mediaType(edits.currentHeader('content-type'));
    const movesForm =
      this.#method !== null &&
      methodsWithoutBody.has(this.#method) &&
      this.#method !== context.request.method &&
      type === formType;
    if (this.#method !== null) edits.setMethod(this.#method);
    if (this.#headers !== null) transformHeaders(context, this.#headers);
    const encoding = edits.currentHeader('content-encoding');
    const isReadable = encoding === null || encoding === '' || encoding === 'identity';
    if (movesForm && isReadable) this.#moveFormToQuery(context, body);
    else if (body !== null && isReadable && (type === 'application/json' || type === formType))
      edits.transformBody(bodyBytesMax, (bytes) => transformBody(bytes, type, body));
    if (query !== null) transformQuery(context, query);
    return phaseDone;
  }

  /** GET, HEAD and TRACE carry no body: the form's fields become query arguments. */
  #moveFormToQuery(context: AccessContext, rules: RenderedRules | null): void {
    const { edits } = context;
    edits.transformBody(bodyBytesMax, (bytes) => {
      const form = rules === null ? bytes : transformBody(bytes, formType, rules);
      const query = edits.currentQuery();
      const fields = form.toString('latin1');
      edits.setQuery(query === '' || fields === '' ? query + fields : `${query}&${fields}`);
      edits.removeHeader('content-type');
      return Buffer.alloc(0);
    });
  }
}

export const requestTransformerHandler: PluginHandler = {
  name: 'request-transformer',
  priority: 801,
  prepare(plugin: Plugin) {
    return new RequestTransformer(plugin.config as unknown as TransformerConfig);
  },
};
