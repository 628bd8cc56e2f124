// The two followers behind one interface: the official client's informer and our reflector, each with its real transport.
import { createKubeApi } from '../../../src/io/kube-api.ts';
import type { Env } from '../../../src/ports/env.ts';
import type { HttpClient } from '../../../src/ports/http.ts';
import { collectionPath } from '../../../src/watch/kind.ts';
import { createReflector } from '../../../src/watch/reflector.ts';
import { type Content, contentKey } from './content.ts';
import { type KindName, kindNames, kinds } from './script.ts';

export interface Follower {
  readonly name: string;
  /** False: it drops metadata.managedFields by design. */
  readonly keepsOwners: boolean;
  content(kind: KindName): Content;
  /** Times that the whole kind was read anew, beyond the first. */
  relists(kind: KindName): number;
  /** Codes of the errors that watches ended with, and how often. */
  readonly errors: ReadonlyMap<string, number>;
  stop(): void;
}

function createCounter(): { readonly counts: Map<string, number>; count(code: string): void } {
  const counts = new Map<string, number>();
  return { counts, count: (code) => void counts.set(code, (counts.get(code) ?? 0) + 1) };
}

function codeOf(error: unknown): string {
  const { code, cause, message } = error as { code?: unknown; cause?: unknown; message?: unknown };
  if (typeof code === 'string') return code;
  return cause === undefined ? String(message) : codeOf(cause);
}

/** The informer does not go on after an error: users start it again from its error handler, and so do we. */
export async function startInformers(kubeconfig: string, changed: () => void): Promise<Follower> {
  const { CoreV1Api, CustomObjectsApi, KubeConfig, makeInformer, NetworkingV1Api } = await import(
    '@kubernetes/client-node'
  );
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const network = config.makeApiClient(NetworkingV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);
  const { group, version, plural } = kinds.kongplugins;
  const lists = {
    secrets: () => core.listSecretForAllNamespaces(),
    ingresses: () => network.listIngressForAllNamespaces(),
    kongplugins: () => custom.listCustomObjectForAllNamespaces({ group, version, resourcePlural: plural }),
  };
  const { counts: errors, count } = createCounter();
  const listed: Record<KindName, number> = { secrets: 0, ingresses: 0, kongplugins: 0 };
  let stopped = false;
  const start = (kind: KindName) => {
    const list = (): ReturnType<Parameters<typeof makeInformer>[2]> => {
      listed[kind]++;
      return lists[kind]() as ReturnType<Parameters<typeof makeInformer>[2]>;
    };
    const informer = makeInformer(config, collectionPath(kinds[kind], null), list);
    informer.on('change', changed);
    informer.on('error', (error: unknown) => {
      if (stopped) return;
      count(codeOf(error));
      void informer.start();
      changed();
    });
    void informer.start();
    return informer;
  };
  const informers = Object.fromEntries(kindNames.map((kind) => [kind, start(kind)])) as Record<
    KindName,
    ReturnType<typeof start>
  >;
  return {
    name: 'client-node informer',
    keepsOwners: true,
    content: (kind) => new Map(informers[kind].list().map((object) => [contentKey(object), object])),
    relists: (kind) => listed[kind] - 1,
    errors,
    stop() {
      stopped = true;
      for (const informer of Object.values(informers)) void informer.stop();
    },
  };
}

/** Passes everything on and notes how requests ended. */
function listening(client: HttpClient, ended: (code: string) => void): HttpClient {
  return {
    request: (request, handler) =>
      client.request(request, {
        onHead: (status, headers) => handler.onHead(status, headers),
        onData: (bytes) => handler.onData(bytes),
        onEnd(error) {
          if (error !== null) ended(error);
          handler.onEnd(error);
        },
      }),
  };
}

export type FollowerEnv = Pick<Env, 'clock' | 'random' | 'log'>;

export function followWith(env: FollowerEnv, client: HttpClient, changed: () => void): Follower {
  const { counts: errors, count } = createCounter();
  const api = listening(client, count);
  const follow = (kind: KindName) => {
    const held: Map<string, unknown> = new Map();
    const reflector = createReflector({ ...env, api }, kinds[kind], {
      replaced(objects) {
        held.clear();
        for (const object of objects) held.set(contentKey(object), object);
        changed();
      },
      changed(object) {
        held.set(contentKey(object), object);
        changed();
      },
      deleted(object) {
        held.delete(contentKey(object));
        changed();
      },
      progressed() {},
    });
    reflector.start();
    return { held, reflector };
  };
  const followed = Object.fromEntries(kindNames.map((kind) => [kind, follow(kind)])) as Record<
    KindName,
    ReturnType<typeof follow>
  >;
  return {
    name: 'our reflector',
    keepsOwners: false,
    content: (kind) => followed[kind].held,
    relists: (kind) => followed[kind].reflector.status.lists - 1,
    errors,
    stop() {
      for (const { reflector } of Object.values(followed)) reflector.stop();
    },
  };
}

export async function startReflectors(
  env: FollowerEnv,
  kubeconfig: string,
  changed: () => void,
): Promise<Follower> {
  const connection = await createKubeApi({ kubeconfig });
  const follower = followWith(env, connection.api, changed);
  return {
    ...follower,
    stop() {
      follower.stop();
      connection.close();
    },
  };
}
