// The official client's informer and our reflector follow 10,000 changes over TLS on loopback while their watches are
// ended, reset, torn and told 410, and hold in the end what the store holds.
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ApiServer } from '../../../sim/cluster/api-server.ts';
import { startEmbeddedCluster } from '../../../src/cli/embedded-cluster.ts';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import { createEnv } from '../../../src/io/env.ts';
import { kubeconfigOf } from '../../../src/io/kubeconfig-text.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { plainContent, storedContent } from './content.ts';
import { type Follower, startInformers, startReflectors } from './follower.ts';
import { type Pause, play, stateOf } from './play.ts';
import { type Relay, startRelay } from './relay.ts';
import { createScript, faults, kindNames } from './script.ts';

const seed = 20_261_126;
const changes = 10_000;
const rounds = 3;
/** Nothing here takes long; whoever waits for this long waits in vain, and says what for. */
const hangMs = 60_000;

/** Whoever waits looks again after every change that a relay or a follower reports. */
function createBell() {
  let waiting: (() => void)[] = [];
  return {
    ring() {
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    async until({ what, until }: Pause, state: () => string): Promise<void> {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const deadlineMs = performance.now() + hangMs;
      while (!until()) {
        const left = deadlineMs - performance.now();
        if (left <= 0) throw new Error(`waited in vain for ${what}\n${state()}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          waiting.push(() => {
            clearTimeout(timer);
            resolve();
          });
        });
      }
    },
  };
}

async function startStage() {
  const env = { ...createEnv({ format: 'text', level: 'error' }), log: silentLog };
  const bell = createBell();
  const cluster = await startEmbeddedCluster({ apiPort: 0, env });
  const authority = await createCertificateAuthority('authority of the relays');
  const tls = await issueCertificate(authority, { commonName: 'relay', ipAddresses: ['127.0.0.1'] });
  const upstream = { url: cluster.url, certificateAuthority: cluster.certificateAuthority };
  const files: string[] = [];
  const follow = async (start: (kubeconfig: string) => Promise<Follower>) => {
    const line: Relay = await startRelay({ upstream, tls, changed: bell.ring });
    const kubeconfig = join(tmpdir(), `tidegate-following-${randomUUID()}`);
    files.push(kubeconfig);
    writeFileSync(kubeconfig, kubeconfigOf(line.url, authority.cert, cluster.token), { mode: 0o600 });
    return { follower: await start(kubeconfig), line };
  };
  const followed = [
    await follow((kubeconfig) => startInformers(kubeconfig, bell.ring)),
    await follow((kubeconfig) => startReflectors(env, kubeconfig, bell.ring)),
  ];
  const stop = async (): Promise<void> => {
    for (const { follower, line } of followed) {
      follower.stop();
      line.close();
    }
    for (const file of files) rmSync(file, { force: true });
    await cluster.stop();
  };
  const authorization = `Bearer ${cluster.token}`;
  const handler: ApiServer['handler'] = (request, reply) =>
    cluster.api.handler({ ...request, headers: { ...request.headers, authorization } }, reply);
  return { api: { ...cluster.api, handler }, followed, bell, stop };
}

test('informer and reflector end with the content of the store', async () => {
  const { bell, stop, ...stage } = await startStage();
  onTestFinished(stop);
  const startMs = performance.now();
  const playing = play(stage, createScript(seed, changes, rounds));
  let step = playing.next();
  for (; step.done !== true; step = playing.next()) await bell.until(step.value, () => stateOf(stage));
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);

  const planned = Object.fromEntries(faults.map((fault) => [fault, rounds * kindNames.length]));
  for (const { follower } of stage.followed) {
    const { name, keepsOwners, errors } = follower;
    for (const kind of kindNames) {
      const held = plainContent(follower.content(kind), keepsOwners);
      expect(Object.keys(held).length).toBeGreaterThan(20);
      expect(held, `${name}: ${kind}`).toEqual(
        plainContent(storedContent(stage.api.store, kind), keepsOwners),
      );
      // Each 410 of the script, in whichever form, made it read the whole kind again, and nothing else did.
      expect(follower.relists(kind), `${name}: ${kind}`).toBe(3 * rounds);
    }
    expect(step.value[name]).toEqual(planned);
    expect(errors.get('ECONNRESET') ?? 0, `${name}: resets`).toBeGreaterThanOrEqual(planned['reset']!);
    const broken = [...errors.values()].reduce((sum, count) => sum + count, 0);
    expect(broken, `${name}: ${JSON.stringify([...errors])}`).toBeGreaterThanOrEqual(
      planned['reset']! + planned['torn']!,
    );
    const relists = kindNames.map((kind) => follower.relists(kind)).reduce((sum, count) => sum + count);
    const disconnects = 3 * rounds * kindNames.length;
    console.log(
      `${name}: ${changes} changes, ${disconnects} disconnects, ${disconnects} times 410, ${relists} lists anew, ${seconds} s, errors ${JSON.stringify(Object.fromEntries(errors))}`,
    );
  }
}, 300_000);
