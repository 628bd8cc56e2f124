// What a machine has and lacks for scenarios on k3s, each lack with what to do about it. `doctor` shows all of them; a run that
// cannot start shows those that keep it from starting.
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { diskBytesMin, inotifyMin, k3sImage } from './choices.ts';
import { askEngine, type EngineInfo, hasImage, tryPrivileged } from './engine.ts';

export interface Finding {
  readonly backend: 'dev' | 'local' | 'k3s' | 'bench';
  readonly what: string;
  readonly ok: boolean;
  /** Version or reason. */
  readonly detail: string;
  /** What to do when it is missing. */
  readonly remedy: string;
  /** Things go without it, only not as far or not for ever. */
  readonly isHint?: true;
}

export interface Wanted {
  readonly k3sImage: string;
  /** Of Tidegate. */
  readonly image: string;
}

const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

function finding(what: string, ok: boolean, detail: string, remedy: string): Finding {
  return { backend: 'k3s', what, ok, detail, remedy };
}

function engineFinding(engine: EngineInfo | string): Finding {
  const remedy =
    engine === 'this user may not use the Docker engine'
      ? 'become a member of its group (sudo usermod -aG docker $USER, then log in again), or run as root'
      : 'install and start a Docker engine (Debian: apt-get install docker.io; then start dockerd)';
  return typeof engine === 'string'
    ? finding('Docker engine', false, engine, remedy)
    : finding('Docker engine', true, engine.version, remedy);
}

/** Tried where there is an image to try it with. */
function privilegedFinding({ isRootless }: EngineInfo, image: string): Finding {
  const failure = isRootless ? 'the engine is rootless' : hasImage(image) ? tryPrivileged(image) : null;
  const untried = hasImage(image) ? 'allowed' : 'not tried, as there is no image';
  return finding(
    'privileged containers',
    failure === null,
    failure ?? untried,
    'k3s needs an engine that runs as root with all capabilities; point DOCKER_HOST at such a one',
  );
}

function engineFindings(engine: EngineInfo, { k3sImage: node, image }: Wanted): readonly Finding[] {
  const room = statfsSync(existsSync(engine.folder) ? engine.folder : '/');
  const freeBytes = room.bavail * room.bsize;
  return [
    privilegedFinding(engine, node),
    {
      ...finding(
        'cgroup v2',
        engine.cgroupVersion === '2',
        engine.cgroupVersion === '' ? 'unknown' : `version ${engine.cgroupVersion}`,
        'boot with systemd.unified_cgroup_hierarchy=1; Kubernetes 1.35 and newer start no node without',
      ),
      isHint: true,
    },
    finding(
      'image of k3s',
      hasImage(node),
      hasImage(node) ? node : `the engine does not have ${node}`,
      `docker pull ${node}, or --k3s-image-tar FILE with an archive of it, or --registry HOST to pull it from there`,
    ),
    finding(
      'image of Tidegate',
      hasImage(image),
      hasImage(image) ? image : `the engine does not have ${image}`,
      `docker build -f deploy/Dockerfile -t ${image} . in a clone, or --image NAME of one that is there`,
    ),
    finding(
      'disk',
      freeBytes >= diskBytesMin,
      `${gib(freeBytes)} free in ${engine.folder}`,
      `make room: a node, its images and pods need ${gib(diskBytesMin)} (docker system prune)`,
    ),
  ];
}

function inotifyFindings(): readonly Finding[] {
  return Object.entries(inotifyMin).map(([name, least]) => {
    const path = `/proc/sys/fs/inotify/${name}`;
    const value = existsSync(path) ? Number(readFileSync(path, 'utf8').trim()) : Number.NaN;
    const told = finding(
      `inotify ${name}`,
      value >= least,
      Number.isNaN(value) ? 'unknown' : String(value),
      `sysctl -w fs.inotify.${name}=${least}`,
    );
    return { ...told, isHint: true };
  });
}

/** An optional part of the package: nobody else needs a container engine. */
function packageFinding(): Finding {
  let isThere = true;
  try {
    createRequire(import.meta.url).resolve('@testcontainers/k3s');
  } catch {
    isThere = false;
  }
  return finding(
    '@testcontainers/k3s',
    isThere,
    isThere ? 'installed' : 'not installed',
    'npm install --no-save @testcontainers/k3s@12 testcontainers@12',
  );
}

export const wantedImages: Wanted = { k3sImage, image: 'tidegate:0.1.0' };

/** What a machine without an engine has of the rest nobody can say. */
export function k3sFindings(wanted: Wanted = wantedImages): readonly Finding[] {
  const engine = askEngine();
  return [
    packageFinding(),
    engineFinding(engine),
    ...(typeof engine === 'string' ? [] : engineFindings(engine, wanted)),
    ...inotifyFindings(),
  ];
}
