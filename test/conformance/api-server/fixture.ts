// An API server of its own for each case, in a clock that the test moves, and short words to put things into it.
import { type ApiServer, type ApiServerOptions, createApiServer } from '../../../sim/cluster/api-server.ts';
import { silentLog } from '../../../src/ports/log.ts';
import {
  createKeyedRandom,
  createManualClock,
  type ManualClock,
} from '../../unit/controllers/manual-clock.ts';
import { ask, type Exchange, type Question } from './ask.ts';

export interface Fixture {
  readonly api: ApiServer;
  readonly clock: ManualClock;
  /** Version of the last change, as text. */
  readonly now: string;
  ask(method: string, path: string, question?: Question): Exchange;
  /** Throws unless the answer is a success; answers the object. */
  must(method: string, path: string, body?: unknown, type?: string): StoredAnswer;
}

export interface StoredAnswer {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly [member: string]: unknown;
  };
  readonly [member: string]: unknown;
}

export const configMaps = '/api/v1/namespaces/default/configmaps';

export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export function createFixture(options: Pick<ApiServerOptions, 'webhooks'> = {}): Fixture {
  const clock = createManualClock();
  const api = createApiServer({ clock, random: createKeyedRandom(1), log: silentLog, ...options });
  return {
    api,
    clock,
    get now() {
      return String(api.store.resourceVersion);
    },
    ask: (method, path, question) => ask(api, method, path, question),
    must(method, path, body, type) {
      const question: Question = {
        ...(body === undefined ? {} : { body }),
        ...(type === undefined ? {} : { type }),
      };
      const answer = ask(api, method, path, question);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
      return answer.body as StoredAnswer;
    },
  };
}

export function configMap(
  name: string,
  data: Readonly<Record<string, string>> = {},
  labels?: unknown,
): unknown {
  const metadata = { name, ...(labels === undefined ? {} : { labels }) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}
