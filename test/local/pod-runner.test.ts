// The pod runner on real sockets: addresses of their own, probes, answers, draining, receipts.
import { get } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { createApiServer } from '../../sim/cluster/api-server.ts';
import { startControllers } from '../../sim/cluster/controllers/index.ts';
import { asPod } from '../../sim/cluster/controllers/kinds.ts';
import { isReady } from '../../sim/cluster/controllers/pod-state.ts';
import { defaultNodes, startKubelets } from '../../sim/cluster/kubelet/index.ts';
import { createPodRunner } from '../../sim/pod/runner.ts';
import { createServiceLookup } from '../../sim/pod/service-lookup.ts';
import { createClock } from '../../src/io/clock.ts';
import { createNetTcp } from '../../src/io/net-tcp.ts';
import { createRandom } from '../../src/io/random.ts';
import { silentLog } from '../../src/ports/log.ts';
import { deploymentObject, serviceObject } from '../unit/controllers/small-cluster.ts';

const clock = createClock();
const ports = { clock, random: createRandom(), log: silentLog, tcp: createNetTcp() };
const { store } = createApiServer(ports);
const runner = createPodRunner({ ...ports, ...createServiceLookup(store) });
const controllers = startControllers({ ...ports, store });
const kubelets = startKubelets({ ...ports, store, runner, nodes: defaultNodes });

afterAll(() => {
  kubelets.stop();
  controllers.stop();
  runner.killAll();
});

/** Resolves when a pod changed so that the condition holds. */
function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = store.subscribe('pods', check);
    function check(): void {
      if (!holds()) return;
      unsubscribe();
      resolve();
    }
    check();
  });
}

function fetchJson(url: string, headers: Record<string, string>): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      let text = '';
      response.on('data', (bytes) => {
        text += bytes;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    }).on('error', reject);
  });
}

test('pods answer on their addresses, and leave receipts when they are gone', async () => {
  const probe = { readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1 } };
  store.create('services', serviceObject('shop'));
  const env = [{ name: 'POD_DRAIN_MS', value: '100' }];
  store.create('deployments.apps', deploymentObject('shop', 3, { container: { ...probe, env } }));
  const pods = () => store.list('pods').map(asPod);
  await until(() => pods().filter(isReady).length === 3);
  for (const pod of pods()) {
    const port = runner.find('default', pod.metadata.name)!.portMap?.['8080'] ?? 8080;
    const answer = await fetchJson(`http://${pod.status!.podIP}:${port}/hello`, {
      'x-nonce': `to-${pod.metadata.name}`,
    });
    expect(answer).toMatchObject({
      pod: pod.metadata.name,
      namespace: 'default',
      service: 'shop',
      path: '/hello',
    });
  }
  const names = pods().map((pod) => pod.metadata.name);
  store.mergePatch('deployments.apps', 'default', 'shop', { spec: { replicas: 0 } });
  await until(() => pods().length === 0);
  for (const name of names) {
    expect(
      runner
        .receipts()
        .get(`default/${name}`)!
        .map((receipt) => receipt.nonce),
    ).toEqual([`to-${name}`]);
  }
});
