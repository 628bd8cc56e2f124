// The container engine, as far as scenarios need it: what it says of itself, which images it has, a file with some of them.
import { spawnSync } from 'node:child_process';

export interface EngineInfo {
  readonly version: string;
  readonly cgroupVersion: string;
  readonly isRootless: boolean;
  readonly folder: string;
}

const timeoutMs = 15_000;
const saveTimeoutMs = 600_000;
const pullTimeoutMs = 300_000;

interface Told {
  readonly ok: boolean;
  readonly text: string;
}

function docker(args: readonly string[], limitMs = timeoutMs): Told {
  const result = spawnSync('docker', args, { encoding: 'utf8', timeout: limitMs });
  if (result.error !== undefined) return { ok: false, text: result.error.message };
  return { ok: result.status === 0, text: (result.status === 0 ? result.stdout : result.stderr).trim() };
}

/** A sentence where no engine answers. */
export function askEngine(): EngineInfo | string {
  const told = docker(['info', '--format', '{{json .}}']);
  if (!told.ok) {
    if (told.text.includes('ENOENT')) return 'there is no docker command';
    if (/permission denied/i.test(told.text)) return 'this user may not use the Docker engine';
    return 'no engine answers';
  }
  const info = JSON.parse(told.text) as {
    readonly ServerVersion?: string;
    readonly CgroupVersion?: string;
    readonly SecurityOptions?: readonly string[] | null;
    readonly DockerRootDir?: string;
    readonly ServerErrors?: readonly string[];
  };
  // `docker info` is content with a client that finds no engine.
  if (info.ServerVersion === undefined || info.ServerVersion === '') {
    const [error = ''] = info.ServerErrors ?? [];
    return /permission denied/i.test(error) ? 'this user may not use the Docker engine' : 'no engine answers';
  }
  return {
    version: info.ServerVersion,
    cgroupVersion: info.CgroupVersion ?? '',
    isRootless: (info.SecurityOptions ?? []).some((option) => option.includes('rootless')),
    folder: info.DockerRootDir ?? '/var/lib/docker',
  };
}

export const hasImage = (image: string): boolean => docker(['image', 'inspect', image]).ok;

/** A sentence where the engine starts no privileged container from this image. */
export function tryPrivileged(image: string): string | null {
  const told = docker(['run', '--rm', '--privileged', '--entrypoint', '/bin/sh', image, '-c', 'true']);
  return told.ok ? null : (told.text.split('\n', 1)[0] ?? '');
}

/** A sentence where it cannot be had. */
export function pullImage(image: string): string | null {
  const told = docker(['pull', '--quiet', image], pullTimeoutMs);
  return told.ok ? null : (told.text.split('\n').at(-1) ?? '');
}

/** From a Dockerfile of a clone; a sentence where it cannot be done. */
export function buildImage(image: string, folder: string): string | null {
  const told = docker(
    ['build', '--quiet', '--file', `${folder}/deploy/Dockerfile`, '--tag', image, folder],
    saveTimeoutMs,
  );
  return told.ok ? null : (told.text.trim().split('\n').at(-1) ?? '');
}

/** A sentence where it cannot be done. */
export function loadImages(file: string): string | null {
  const told = docker(['load', '--input', file], saveTimeoutMs);
  return told.ok ? null : told.text;
}

/** A sentence where it cannot be done. */
export function saveImages(images: readonly string[], file: string): string | null {
  const told = docker(['save', '--output', file, ...images], saveTimeoutMs);
  return told.ok ? null : told.text;
}
