// Pods of one node as servers of this process, on loopback addresses of their own.

import type { PodRunner, RunningPod } from '../../../sim/cluster/pod-runner.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { createAddressPool } from '../../../sim/pod/addresses.ts';
import { createPodRunner } from '../../../sim/pod/runner.ts';
import { recordRequest, type WorldPods } from '../../../sim/world/pod-runner.ts';
import type { WorldSeams } from '../../../sim/world/seams.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Random } from '../../../src/ports/random.ts';
import type { Tcp } from '../../../src/ports/tcp.ts';
import { NotHere } from './absent.ts';

export interface PodPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tcp: Tcp;
}

export interface LocalPods extends WorldPods, PodRunner {
  killAll(): void;
}

const crashExitCode = 137;

export function createLocalPods(ports: PodPorts, seams: WorldSeams, prefix: string): LocalPods {
  const running: Map<string, RunningPod> = new Map();
  const exits: Map<RunningPod, Map<string, (exitCode: number) => void>> = new Map();
  const addresses = createAddressPool({ prefix, reuse: seams.knobs.addressReuse });
  const runner = createPodRunner({
    ...ports,
    addresses,
    onRequest: (pod, address, taken) => recordRequest(seams, pod, address, taken),
  });
  const split = (key: string): readonly [string, string] => key.split('/') as [string, string];
  const serversOf = (key: string) => runner.servers(...split(key));

  const follow = (key: string, pod: RunningPod): void => {
    const { startContainer, dispose } = pod;
    const open: Map<string, (exitCode: number) => void> = new Map();
    exits.set(pod, open);
    running.set(key, pod);
    pod.startContainer = (name, onExit) => {
      open.set(name, onExit);
      startContainer.call(pod, name, (exitCode) => {
        if (open.delete(name)) onExit(exitCode);
      });
    };
    pod.dispose = () => {
      exits.delete(pod);
      if (running.get(key) === pod) running.delete(key);
      dispose.call(pod);
    };
  };

  return {
    run(object: StoredObject, done) {
      const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
      runner.run(object, (error, pod) => {
        if (pod !== null) follow(key, pod);
        done(error, pod);
      });
    },
    names: () => [...running.keys()],
    isUp: (key) => (exits.get(running.get(key)!)?.size ?? 0) > 0,
    addressOf: (key) => running.get(key)?.address ?? null,
    machineOf: () => null,
    servers: serversOf,
    crash(key) {
      const pod = running.get(key);
      const open = pod === undefined ? undefined : exits.get(pod);
      if (pod === undefined || open === undefined) throw new Error(`no pod ${key} runs`);
      for (const [name, onExit] of [...open]) {
        open.delete(name);
        pod.kill(name);
        onExit(crashExitCode);
      }
    },
    losePower() {
      throw new NotHere('the power of a pod cannot be lost on the backend local');
    },
    receipts: () => runner.receipts(),
    killAll: () => runner.killAll(),
  };
}
