// cors: answers preflights and marks responses, so that browsers let pages of other origins read them.
import type { Plugin } from '../../../kong/entity.ts';
import {
  type AccessContext,
  type HeaderFilterContext,
  type PhaseResult,
  phaseDone,
  phaseExit,
  type RequestView,
} from '../../exchange/context.ts';
import type { PluginHandler } from '../plugin.ts';
import { type OriginAnswer, prepareOrigins } from './origins.ts';

interface CorsConfig {
  readonly origins: readonly string[] | null;
  readonly headers: readonly string[] | null;
  readonly exposed_headers: readonly string[] | null;
  readonly methods: readonly string[] | null;
  readonly max_age: number | null;
  readonly credentials: boolean;
  readonly private_network: boolean;
  readonly preflight_continue: boolean;
  readonly allow_origin_absent?: boolean | null;
}

const allMethods = 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT';

function isPreflight(request: RequestView): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.header('origin') !== null &&
    request.header('access-control-request-method') !== null
  );
}

class Cors {
  readonly #config: CorsConfig;
  readonly #answerTo: (origin: string | null) => OriginAnswer;
  readonly #allowHeaders: string | null;
  readonly #allowMethods: string;
  readonly #exposeHeaders: string | null;

  constructor(config: CorsConfig) {
    this.#config = config;
    this.#answerTo = prepareOrigins(config.origins, config.credentials);
    this.#allowHeaders = config.headers && config.headers.length > 0 ? config.headers.join(',') : null;
    this.#allowMethods = config.methods && config.methods.length > 0 ? config.methods.join(',') : allMethods;
    this.#exposeHeaders =
      config.exposed_headers && config.exposed_headers.length > 0 ? config.exposed_headers.join(',') : null;
  }

  access(context: AccessContext): PhaseResult {
    const { request } = context;
    if (this.#config.preflight_continue || !isPreflight(request)) return phaseDone;
    const answer = this.#answerTo(request.header('origin'));
    const headers: Record<string, string> = {};
    if (answer.allowOrigin !== null) headers['Access-Control-Allow-Origin'] = answer.allowOrigin;
    if (this.#config.credentials) headers['Access-Control-Allow-Credentials'] = 'true';
    if (answer.varies) headers['Vary'] = 'Origin';
    const allowHeaders = this.#allowHeaders ?? request.header('access-control-request-headers');
    if (allowHeaders !== null) headers['Access-Control-Allow-Headers'] = allowHeaders;
    headers['Access-Control-Allow-Methods'] = this.#allowMethods;
    if (this.#config.max_age !== null && this.#config.max_age !== undefined)
      headers['Access-Control-Max-Age'] = String(this.#config.max_age);
    if (this.#config.private_network && request.header('access-control-request-private-network') === 'true') {
      headers['Access-Control-Allow-Private-Network'] = 'true';
    }
    context.exit({ status: 200, body: null, headers });
    return phaseExit;
  }

  headerFilter(context: HeaderFilterContext): void {
    const { request } = context;
    const origin = request.header('origin');
    if (origin === null && this.#config.allow_origin_absent === false) return;
    // A preflight is answered whole by `access`, or left to the upstream whole.
    if (isPreflight(request) && (this.#config.preflight_continue || !context.isProxied)) return;
    const answer = this.#answerTo(origin);
    if (answer.allowOrigin === null) context.removeResponseHeader('Access-Control-Allow-Origin');
    else context.setResponseHeader('Access-Control-Allow-Origin', answer.allowOrigin);
    // As in Kong also where the origin is not allowed: without the other header it says nothing.
    if (this.#config.credentials && answer.allowOrigin !== '*')
      context.setResponseHeader('Access-Control-Allow-Credentials', 'true');
    if (answer.varies) context.addResponseHeader('Vary', 'Origin');
    if (this.#exposeHeaders !== null)
      context.setResponseHeader('Access-Control-Expose-Headers', this.#exposeHeaders);
  }
}

export const corsHandler: PluginHandler = {
  name: 'cors',
  priority: 2000,
  prepare(plugin: Plugin) {
    return new Cors(plugin.config as unknown as CorsConfig);
  },
};
