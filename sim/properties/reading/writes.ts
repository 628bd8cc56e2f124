// Calls of our controllers to the Kubernetes API: what they were about, and under whose term as leader.
import type { KubeObject } from '../../../src/kube/object.ts';
import type { ApiCall, Evidence } from '../../evidence/evidence.ts';
import { countBefore } from './past.ts';

export interface StatusWrite {
  readonly call: ApiCall;
  readonly resource: string;
  /** 'namespace/name' */
  readonly key: string;
  readonly body: {
    readonly metadata?: { readonly uid?: string; readonly resourceVersion?: string };
    readonly status?: unknown;
  };
}

const statusPath = /^\/apis\/([^/]+)\/[^/]+\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)\/status$/;

export function isWrite({ method }: ApiCall): boolean {
  return method !== 'GET';
}

export function isLease({ path }: ApiCall): boolean {
  return path.includes('/leases');
}

export function isSuccess({ status }: ApiCall): boolean {
  return status >= 200 && status < 300;
}

/** 'ingresses.networking.k8s.io' of a list or watch; '' of other calls. */
export function resourceOf({ path }: ApiCall): string {
  const match = /^\/api(?:s\/([^/]+))?\/[^/]+\/(?:namespaces\/[^/]+\/)?([a-z]+)\?/.exec(path);
  if (match === null) return '';
  return match[1] === undefined ? match[2]! : `${match[2]}.${match[1]}`;
}

export function statusWrites({ calls }: Evidence): readonly StatusWrite[] {
  const found: StatusWrite[] = [];
  for (const call of calls) {
    const match = isWrite(call) ? statusPath.exec(call.path) : null;
    if (match === null) continue;
    const [, group, namespace, plural, name] = match;
    found.push({
      call,
      resource: `${plural}.${group}`,
      key: `${namespace}/${name}`,
      body: JSON.parse(call.body) as StatusWrite['body'],
    });
  }
  return found;
}

export interface LeaseState {
  readonly atUs: number;
  readonly holder: string;
  readonly transitions: number;
  readonly durationUs: number;
}

const leases = 'leases.coordination.k8s.io';

interface LeaseLike extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseTransitions?: number;
    readonly leaseDurationSeconds?: number;
  };
}

/** The Lease of our controllers as it changed: those whose holder is one of our hosts. */
export function leaseStates({ store }: Pick<Evidence, 'store'>): readonly LeaseState[] {
  return store.flatMap(({ resource, atUs, object, type }) => {
    if (resource !== leases || type === 'DELETED') return [];
    const {
      holderIdentity = '',
      leaseTransitions = 0,
      leaseDurationSeconds = 0,
    } = (object as LeaseLike).spec ?? {};
    if (!object.metadata.name.startsWith('tidegate')) return [];
    return [
      {
        atUs,
        holder: holderIdentity,
        transitions: leaseTransitions,
        durationUs: leaseDurationSeconds * 1_000_000,
      },
    ];
  });
}

/** Who a controller is in elections: each life is another candidate. */
export const identityOf = ({ host, life }: Pick<ApiCall, 'host' | 'life'>): string => `${host}-${life}`;

/** The term in which a candidate held the Lease last before a time: its number of transitions; -1 = never. */
export function termAt(states: readonly LeaseState[], identity: string, atUs: number): number {
  const count = countBefore(states, (state) => state.atUs <= atUs);
  for (let at = count - 1; at >= 0; at--) if (states[at]!.holder === identity) return states[at]!.transitions;
  return -1;
}
