// Runs pods of our own image as processes of this machine, all others as pod servers.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Container } from '../../../sim/cluster/controllers/kinds.ts';
import type { PodRunner, RunningPod } from '../../../sim/cluster/pod-runner.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { AddressPool } from '../../../sim/pod/addresses.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Tcp } from '../../ports/tcp.ts';
import { ownProgram, type ProgramContainer, settledArguments } from './own-pod.ts';

export interface ProgramRunnerOptions {
  readonly inner: PodRunner;
  readonly clock: Clock;
  readonly tcp: Tcp;
  readonly log: Log;
  readonly addresses: AddressPool;
  /** Kubeconfig for the program of this pod. */
  readonly kubeconfigOf: (pod: StoredObject) => string;
  /** sim/pod/probe-call.ts, which commands load when they need it. */
  readonly callProbe: (
    tcp: Tcp,
    clock: Clock,
    target: {
      readonly host: string;
      readonly port: number;
      readonly request: {
        readonly path: string;
        readonly headers: readonly (readonly [string, string])[];
      } | null;
    },
    done: (ok: boolean) => void,
  ) => void;
}

export interface ProgramRunner extends PodRunner {
  find(namespace: string, pod: string): RunningPod | null;
  killAll(): void;
}

const bin = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../bin/tidegate.js' : '../../../../bin/tidegate.js',
    import.meta.url,
  ),
);
const linesMax = 2_000;
const exitOfSignal = 137;

/** Its output, in lines that are counted from its first start. */
class Lines {
  private readonly kept: string[] = [];
  private rest = '';
  total = 0;

  add(text: string): void {
    const parts = (this.rest + text).split('\n');
    this.rest = parts.pop()!;
    this.total += parts.length;
    this.kept.push(...parts);
    if (this.kept.length > linesMax) this.kept.splice(0, this.kept.length - linesMax);
  }

  text(): string {
    return this.kept.map((line) => `${line}\n`).join('');
  }

  since(from: number): { readonly lines: readonly string[]; readonly next: number } {
    const wanted = this.total - from;
    return { lines: wanted <= 0 ? [] : this.kept.slice(-wanted), next: this.total };
  }
}

class ProgramPod implements RunningPod {
  readonly key: string;
  readonly address: string;
  private readonly options: ProgramRunnerOptions;
  private readonly container: Container;
  private readonly program: ProgramContainer;
  private readonly folder: string;
  private readonly lines = new Lines();
  private readonly onGone: (pod: ProgramPod) => void;
  private child: ChildProcess | null = null;

  constructor(
    options: ProgramRunnerOptions,
    pod: StoredObject,
    program: ProgramContainer,
    address: string,
    onGone: (pod: ProgramPod) => void,
  ) {
    this.options = options;
    this.program = program;
    this.address = address;
    this.onGone = onGone;
    this.key = `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`;
    [this.container] = pod.spec!['containers'] as unknown as readonly [Container];
    this.folder = mkdtempSync(join(tmpdir(), 'tidegate-pod-'));
    for (const path of program.folders) mkdirSync(join(this.folder, path), { recursive: true });
    writeFileSync(join(this.folder, 'kubeconfig'), options.kubeconfigOf(pod), { mode: 0o600 });
  }

  startContainer(_name: string, onExit: (exitCode: number) => void): void {
    const args = settledArguments(this.program, { address: this.address, folder: this.folder });
    const child = spawn(process.execPath, [bin, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.program.env, KUBECONFIG: join(this.folder, 'kubeconfig') },
    });
    this.child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.lines.add(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.lines.add(text));
    let isOver = false;
    const end = (exitCode: number): void => {
      if (isOver) return;
      isOver = true;
      if (this.child === child) this.child = null;
      onExit(exitCode);
    };
    child.once('error', (error) => {
      this.options.log.warn('a program could not be started', { pod: this.key, error: error.message });
      end(128);
    });
    child.once('exit', (code) => end(code ?? exitOfSignal));
  }

  terminate(): void {
    this.child?.kill('SIGTERM');
  }

  kill(): void {
    this.child?.kill('SIGKILL');
  }

  probe(_name: string, probe: Readonly<Record<string, unknown>>, done: (ok: boolean) => void): void {
    const { httpGet, tcpSocket } = probe as {
      readonly httpGet?: { readonly path?: string; readonly port?: string | number };
      readonly tcpSocket?: { readonly port?: string | number };
    };
    const wanted = httpGet?.port ?? tcpSocket?.port;
    const port =
      typeof wanted === 'string'
        ? this.container.ports?.find(({ name }) => name === wanted)?.containerPort
        : wanted;
    if (port === undefined) {
      // exec: it succeeds while the program lives.
      done(this.child !== null);
      return;
    }
    const request = httpGet === undefined ? null : { path: httpGet.path ?? '/', headers: [] };
    this.options.callProbe(this.options.tcp, this.options.clock, { host: this.address, port, request }, done);
  }

  logs(): string {
    return this.lines.text();
  }

  logLines(_name: string, from: number): { readonly lines: readonly string[]; readonly next: number } {
    return this.lines.since(from);
  }

  dispose(): void {
    this.kill();
    this.options.addresses.release(this.address);
    rmSync(this.folder, { recursive: true, force: true });
    this.onGone(this);
  }
}

export function createProgramRunner(options: ProgramRunnerOptions): ProgramRunner {
  const { inner, addresses } = options;
  const live: Map<string, ProgramPod> = new Map();
  const forget = (pod: ProgramPod): void => {
    if (live.get(pod.key) === pod) live.delete(pod.key);
  };
  return {
    run(pod, done) {
      const program = ownProgram(pod);
      if (program === null) {
        inner.run(pod, done);
        return;
      }
      const address = addresses.take();
      if (address === null) {
        done('no pod address is free', null);
        return;
      }
      const running = new ProgramPod(options, pod, program, address, forget);
      live.set(running.key, running);
      done(null, running);
    },
    find: (namespace, pod) => live.get(`${namespace}/${pod}`) ?? null,
    killAll() {
      for (const pod of [...live.values()]) pod.dispose();
    },
  };
}
