// A shop of two pods whose policy says how they are chosen and watched, and what a worker sent them second by second.
import type { Evidence, ReceiptRecord } from '../../../../sim/evidence/evidence.ts';
import type { KubeObject } from '../../../../src/kube/object.ts';
import { added, configOf, second, service } from './told.ts';
import { bothPods, fromB, pod, receipt, request, served, shop, told } from './traffic.ts';

const annotated = service('shop', { annotations: { 'konghq.com/upstream-policy': 'policy' } });

function policyOf(spec: Readonly<Record<string, unknown>>): KubeObject {
  return {
    apiVersion: 'configuration.konghq.com/v1beta1',
    kind: 'KongUpstreamPolicy',
    metadata: { namespace: 'default', name: 'policy', uid: 'uid-policy' },
    spec,
  } as unknown as KubeObject;
}

export interface Sent {
  readonly to: 'a' | 'b';
  readonly key?: string;
  readonly status?: number;
  readonly mischief?: string;
  /** Brought, and set by the answer. */
  readonly cookie?: string;
  readonly sets?: string;
}

/** Requests at the seconds 10, 11, ... under one config with the policy. */
export function sent(spec: Readonly<Record<string, unknown>>, all: readonly Sent[]): Partial<Evidence> {
  const objects = [annotated, bothPods, shop, policyOf(spec)];
  const atUs = (index: number): number => (10 + index) * second;
  const nonceOf = (index: number): string => `r${index}`;
  return told({
    store: added(...objects, pod('shop-a'), pod('shop-b')),
    ...served([configOf(...objects), 6, 1]),
    requests: all.map(({ key, status = 200, sets }, index) =>
      request({
        nonce: nonceOf(index),
        sentUs: atUs(index),
        doneUs: atUs(index) + 20_000,
        status,
        sentHeaders: key === undefined ? {} : { 'x-key': key },
        headers: sets === undefined ? {} : { 'set-cookie': `${sets}; Path=/` },
      }),
    ),
    receipts: all.map(({ to, status = 200, mischief = '', cookie }, index): ReceiptRecord => {
      const headers: Record<string, string> = cookie === undefined ? {} : { cookie };
      const more = { nonce: nonceOf(index), atUs: atUs(index) + 10_000, status, mischief, headers };
      return to === 'a' ? receipt(more) : fromB(more);
    }),
  });
}
