// What a property is: one promise to a user, judged over what a history left behind.

import type { KubeObject } from '../../src/kube/object.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { CountPromise } from '../evidence/promises.ts';

/** What decides whether and from when on a promise holds; parts of the plan, without its timeline. */
export interface Circumstances {
  readonly mode: 'combined' | 'split';
  readonly gateways: number;
  readonly workers: number;
  readonly controllers: number;
  readonly healUs: number;
  readonly endUs: number;
  /** Everything was as it should be, so the run ended before its time. */
  readonly endedEarly: boolean;
  /** By then controllers and gateways have started and know each other. */
  readonly startedUs: number;
  /** From the start of a gateway's process until its workers can serve. */
  readonly bootUs: number;
  /** A change in the store reaches the workers within this, while nothing is in its way. */
  readonly freshUs: number;
  /** After the heal point everything is as it should be within this. */
  readonly recoverUs: number;
  /** A gateway closes a client's connection that is idle for so long. */
  readonly keepaliveUs: number;
  /** A pod that nothing probes gets another chance after so long; 0 = never. */
  readonly recoverAfterUs: number;
  readonly leaseUs: number;
  readonly leaseRetryUs: number;
  readonly renewDeadlineUs: number;
  /** A watch that is silent for so long is given up. */
  readonly watchIdleUs: number;
  /** What clients connect to, as pods are told it. */
  readonly publicPorts: Readonly<Record<'http' | 'https', string>>;
  /** Gateways ask TLS clients for certificates. */
  readonly asksClients: boolean;
  /** Gateways keep their last good config for the next start. */
  readonly keepsConfig: boolean;
  /** Everything that is in the store at the end. */
  readonly objects: ReadonlyMap<string, readonly KubeObject[]>;
  /** What is promised over all requests beside the properties. */
  readonly promises: readonly CountPromise[];
}

export interface Violation {
  readonly atUs: number;
  /** What was promised and what happened instead, with names. */
  readonly message: string;
  /** Nonces, hosts or 'resource namespace/name' that the message speaks of. */
  readonly witnesses: readonly string[];
}

export interface Judgement {
  /** How often the promise could have been broken; 0 = the history says nothing about it. */
  readonly premises: number;
  readonly violations: readonly Violation[];
}

export type PropertyType = 'safety' | 'liveness' | 'resource';

export interface Property {
  /** 'P12' */
  readonly id: string;
  /** A few words in lower case: 'a POST reaches at most one pod'. */
  readonly name: string;
  /** The promise in one sentence that a user understands. */
  readonly promise: string;
  readonly type: PropertyType;
  judge(evidence: Evidence, circumstances: Circumstances): Judgement;
}
