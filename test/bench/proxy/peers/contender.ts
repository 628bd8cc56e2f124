// A proxy that takes part: how it is started, and where its processes and ports are.
import type { ChildProcess } from 'node:child_process';
import type { Certificates } from '../certificates.ts';
import type { Backends, Ports } from '../routes.ts';

export type AccessLogFormat = 'off' | 'combined';

export interface Start {
  /** For files of its own. */
  readonly folder: string;
  readonly ports: Ports;
  readonly backends: Backends;
  readonly certificates: Certificates;
  readonly workers: number;
  readonly accessLog: AccessLogFormat;
  /** Where access log lines go, in every contender. */
  readonly accessLogFile: string;
  /** nginx only: lines are written in batches, as ours are. */
  readonly buffersLog: boolean;
  /** A route with key-auth beside the others. */
  readonly withClosedRoute: boolean;
}

export interface Peer {
  readonly name: string;
  /** Version and settings, for the report. */
  readonly about: string;
  start(options: Start): ChildProcess;
  /** Processes that serve, when the first one is up. */
  processes(child: ChildProcess, workers: number): Promise<readonly number[]>;
}

export interface Contender {
  readonly name: string;
  readonly ports: Ports;
  readonly pids: readonly number[];
}
