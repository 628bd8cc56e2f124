// Everything that one measurement needs, up and reachable: backends, contenders, certificates; and its end.
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { freePort, reachable, start, stop } from '../programs.ts';
import { type Certificates, createCertificates } from './certificates.ts';
import type { Contender, Peer, Start } from './peers/contender.ts';
import { backendConfig } from './peers/nginx.ts';
import type { Backends } from './routes.ts';

export interface Programs {
  readonly nginx: string;
  readonly wrk: string;
}

/** Lives as long as the bench. */
export interface Ground {
  readonly folder: string;
  readonly backends: Backends;
  readonly certificates: Certificates;
  end(): Promise<void>;
}

/** Contenders that are compared with each other. */
export interface Stage {
  readonly contenders: readonly Contender[];
  /** Lines of minutes would fill a disk. */
  dropLogs(): void;
  end(): Promise<void>;
}

export async function openGround(programs: Programs): Promise<Ground> {
  const folder = mkdtempSync(`${tmpdir()}/tidegate-bench-`);
  // Started by root, nginx serves as somebody who must get at its files.
  chmodSync(folder, 0o711);
  const children: ChildProcess[] = [];
  const end = async (): Promise<void> => {
    for (const child of children) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const certificates = await createCertificates(folder);
    const backends = { httpPort: await freePort(), echoPort: await freePort() };
    writeFileSync(`${folder}/backend.conf`, backendConfig(folder, backends.httpPort));
    const http = start(programs.nginx, ['-c', `${folder}/backend.conf`]);
    const echoProgram = fileURLToPath(new URL('./echo-program.ts', import.meta.url));
    const echo = start(process.execPath, [echoProgram, String(backends.echoPort)]);
    children.push(http, echo);
    await reachable(backends.httpPort, http);
    await reachable(backends.echoPort, echo);
    return { folder, backends, certificates, end };
  } catch (error) {
    await end();
    throw error;
  }
}

export type StageOptions = Pick<Start, 'workers' | 'accessLog' | 'buffersLog' | 'withClosedRoute'>;

export async function openStage(
  ground: Ground,
  peers: readonly Peer[],
  options: StageOptions,
): Promise<Stage> {
  const children: ChildProcess[] = [];
  const logs: string[] = [];
  const contenders: Contender[] = [];
  const end = async (): Promise<void> => {
    for (const child of children) await stop(child);
    for (const log of logs) rmSync(log, { force: true });
  };
  try {
    for (const peer of peers) {
      const folder = `${ground.folder}/${peer.name}`;
      mkdirSync(folder, { recursive: true });
      const ports = { http: await freePort(), https: await freePort() };
      const accessLogFile = `${folder}/access.log`;
      const { backends, certificates } = ground;
      const child = peer.start({ ...options, folder, ports, backends, certificates, accessLogFile });
      children.push(child);
      writeFileSync(accessLogFile, '', { flag: 'a' });
      logs.push(accessLogFile);
      await reachable(ports.http, child);
      contenders.push({ name: peer.name, ports, pids: await peer.processes(child, options.workers) });
    }
  } catch (error) {
    await end();
    throw error;
  }
  return {
    contenders,
    dropLogs() {
      for (const log of logs) truncateSync(log);
    },
    end,
  };
}
