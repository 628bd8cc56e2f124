// What pods took, from their logs: each pod of the scenario is followed from its start to its end, and each of its receipts
// becomes evidence once.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { ReceiptRecord } from '../../../sim/evidence/evidence.ts';
import { readReceiptLine, type ToldReceipt } from '../../../sim/pod/receipt-lines.ts';
import type { HttpCall } from '../../../src/ports/http.ts';
import type { Api } from './api.ts';
import type { Names } from './names.ts';
import type { RunTime } from './time.ts';

const againMs = 200;

export interface ReceiptReader {
  /** A pod in the cluster's names; called again for the same one it does nothing. */
  follow(pod: StoredObject): void;
  /** Receipts that must have been and were not read: their logs were cut. */
  missing(): number;
  stop(): void;
}

/** What is known of one run of a container. */
interface Run {
  read: number;
  last: number;
}

const isOver = (pod: StoredObject | null): boolean =>
  pod === null || ['Succeeded', 'Failed'].includes(String(pod.status?.['phase']));

const hasStarted = ({ status }: StoredObject): boolean => {
  const statuses = (status?.['containerStatuses'] ?? []) as readonly { readonly state?: object }[];
  return statuses.some(({ state }) => state !== undefined && !('waiting' in state));
};

export function createReceiptReader(
  api: Api,
  names: Names,
  time: RunTime,
  receipts: ReceiptRecord[],
  /** The pod as it is now; null: it is gone. */
  current: (pod: StoredObject) => StoredObject | null,
): ReceiptReader {
  const followed: Set<string> = new Set();
  const runs: Map<string, Run> = new Map();
  const calls: Set<HttpCall> = new Set();
  let stopped = false;

  const take = (told: ToldReceipt, uid: string): void => {
    const { receipt, startMs, timeMs, openUs, pod, ...rest } = told;
    const key = `${uid} ${startMs}`;
    const run = runs.get(key) ?? { read: 0, last: 0 };
    runs.set(key, run);
    if (receipt <= run.last) return;
    run.read++;
    run.last = receipt;
    const atUs = time.fromWallMs(timeMs);
    receipts.push({
      ...rest,
      uid,
      pod: names.fromText(pod),
      atUs,
      connectedUs: Math.max(0, atUs - openUs),
      mischief: '',
    });
  };

  const open = (pod: StoredObject): void => {
    const { namespace, name, uid = '' } = pod.metadata;
    const container = ((pod.spec?.['containers'] ?? []) as readonly { readonly name: string }[])[0]!.name;
    const query = new URLSearchParams({ container, follow: 'true' });
    let rest = '';
    let status = 0;
    const call = api.http.request(
      {
        method: 'GET',
        path: `/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`,
        headers: {},
        body: null,
      },
      {
        onHead(code) {
          status = code;
        },
        onData(bytes) {
          if (status !== 200) return;
          const lines = (rest + bytes.toString('utf8')).split('\n');
          rest = lines.pop()!;
          for (const line of lines) {
            const told = readReceiptLine(line);
            if (told !== null) take(told, uid);
          }
        },
        onEnd() {
          calls.delete(call);
          if (stopped || isOver(current(pod))) return;
          time.after(againMs, () => {
            if (!stopped && !isOver(current(pod))) open(pod);
          });
        },
      },
    );
    calls.add(call);
  };

  return {
    follow(pod) {
      const uid = pod.metadata.uid ?? '';
      if (followed.has(uid) || !hasStarted(pod)) return;
      followed.add(uid);
      open(pod);
    },
    missing: () => [...runs.values()].reduce((sum, { read, last }) => sum + last - read, 0),
    stop() {
      stopped = true;
      for (const call of calls) call.cancel();
    },
  };
}
