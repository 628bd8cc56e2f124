// The two images of a run: looked for in the engine, read from an archive, pulled or built, in this order; whatever is still
// missing then keeps the run from starting.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildImage, hasImage, loadImages, pullImage } from './engine.ts';
import { type Finding, k3sFindings, type Wanted } from './findings.ts';

export interface ImageOptions extends Wanted {
  /** An archive as `docker save` writes it; null: none. */
  readonly k3sImageTar: string | null;
  /** null: as the names say. */
  readonly registry: string | null;
}

/** 'registry.example/rancher/k3s:v1' */
export const inRegistry = (image: string, registry: string | null): string =>
  registry === null ? image : `${registry.replace(/\/+$/, '')}/${image}`;

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A clone has the Dockerfile and everything that it copies. */
const isClone = (): boolean => existsSync(`${root}/deploy/Dockerfile`) && existsSync(`${root}/src/main.ts`);

/** What was tried in vain, by the finding that it explains. */
type Tried = ReadonlyMap<string, string>;

function obtain({ k3sImage, image, k3sImageTar, registry }: ImageOptions): Tried {
  const tried = new Map<string, string>();
  if (k3sImageTar !== null) {
    const failure = loadImages(k3sImageTar);
    if (failure !== null) tried.set('image of k3s', `${k3sImageTar}: ${failure}`);
  }
  if (!hasImage(k3sImage) && k3sImageTar === null) {
    const failure = pullImage(k3sImage);
    if (failure !== null) tried.set('image of k3s', failure);
  }
  if (!hasImage(image)) {
    // Where a registry is named what it has is meant.
    const failure = registry === null && isClone() ? buildImage(image, root) : pullImage(image);
    if (failure !== null) tried.set('image of Tidegate', failure);
  }
  return tried;
}

/** What keeps a run from starting; empty where nothing does. */
export function lacksOf(options: ImageOptions): readonly Finding[] {
  const isLack = ({ ok, isHint }: Finding): boolean => !ok && isHint !== true;
  const before = k3sFindings(options).filter(isLack);
  const others = before.filter(({ what }) => !what.startsWith('image of '));
  if (others.length > 0) return before;
  const tried = obtain(options);
  return k3sFindings(options)
    .filter(isLack)
    .map((one) => {
      const failure = tried.get(one.what);
      return failure === undefined ? one : { ...one, detail: `${one.detail} (${failure})` };
    });
}

export const formatLacks = (lacks: readonly Finding[]): string =>
  lacks.map(({ what, detail, remedy }) => `  ${what}: ${detail}\n    -> ${remedy}`).join('\n');
