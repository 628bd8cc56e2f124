// What faults do to a cluster, as calls of its API and of the levers of our pods.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { createHttpClient } from '../../../src/io/http-client.ts';
import type { HttpClient } from '../../../src/ports/http.ts';
import { callJson } from '../../../src/ports/json-call.ts';
import type { Api } from './api.ts';
import type { Hands } from './faults.ts';
import type { Mirror } from './mirror.ts';
import type { Names } from './names.ts';
import { cordon, findNode, isOnNode, uncordon } from './nodes.ts';
import { type Proxies, proxyName } from './proxies.ts';
import type { Reach } from './reach.ts';
import type { RunTime } from './time.ts';
import { leverPort } from './workloads.ts';

interface HandsParts {
  readonly api: Api;
  readonly run: string;
  readonly names: Names;
  readonly mirror: Mirror;
  readonly time: RunTime;
  readonly proxies: Proxies;
  readonly reach: Reach;
  readonly beginApiFault: Hands['beginApiFault'];
}

const leverLimits = { timeoutMs: 3_000, bytesMax: 1024 * 1024 };

function pull(http: HttpClient, time: RunTime, path: string): Promise<unknown> {
  return new Promise((resolve) => {
    callJson(http, time.clock, { method: 'GET', path }, leverLimits, ({ status, body }) =>
      resolve(status === 200 ? body : null),
    );
  });
}

export function createHands(parts: HandsParts): Hands {
  const { api, run, names, mirror, time, proxies, reach, beginApiFault } = parts;
  const pods = api.find('pods')!;
  const deployments = api.find('deployments.apps')!;
  /** In the cluster's own names. */
  const deleteRaw = async ({ metadata }: StoredObject, graceSeconds: number | null): Promise<boolean> => {
    const path = api.path(pods, metadata.namespace!, metadata.name);
    const options = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      ...(graceSeconds === null ? {} : { gracePeriodSeconds: graceSeconds }),
      ...(metadata.uid === undefined ? {} : { preconditions: { uid: metadata.uid } }),
    };
    const { status } = await api.call('DELETE', path, options);
    return status >= 200 && status < 300;
  };
  const scaleProxy = (index: number, replicas: number) =>
    api.call(
      'PATCH',
      api.path(deployments, run, proxyName(index)),
      { spec: { replicas } },
      'application/merge-patch+json',
    );
  return {
    time,
    get: mirror.get,
    list: mirror.list,
    deletePod: (pod, graceSeconds) => deleteRaw(names.into(pod), graceSeconds),
    async holdProxy(index, isHeld, graceSeconds) {
      if (!isHeld) return (await scaleProxy(index, 1)).status === 200;
      const pod = proxies.podOf(index);
      if ((await scaleProxy(index, 0)).status !== 200 || pod === null) return false;
      return deleteRaw(pod, graceSeconds);
    },
    async lever(pod, path) {
      const port = leverPort(pod);
      const address = pod.status?.['podIP'];
      if (port === null || typeof address !== 'string') return null;
      const { namespace = '', name } = names.into(pod).metadata;
      if (reach.by === 'nodes')
        return pull(api.http, time, `/api/v1/namespaces/${namespace}/pods/${name}:${port}/proxy${path}`);
      const client = createHttpClient({ url: `http://${address}:${port}` });
      const answer = await pull(client, time, path);
      client.close();
      return answer;
    },
    findNode: (target) => findNode(api, target),
    async loseNode(name) {
      await cordon(api, name, run);
      const lost = mirror.list('pods').filter(isOnNode(name));
      const deleted = await Promise.all(lost.map((pod) => deleteRaw(names.into(pod), 0)));
      return deleted.filter(Boolean).length;
    },
    regainNode: (name) => uncordon(api, name),
    beginApiFault,
  };
}
