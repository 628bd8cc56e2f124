// One k3s in a container for a run of scenarios, with our image in it. Through @testcontainers/k3s, which is there where somebody
// has installed it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, exitEnvironment } from '../exit-codes.ts';
import { imageFile, importImages, serverArguments, startWithinMs } from './choices.ts';
import { saveImages } from './engine.ts';

export interface K3sNode {
  readonly kubeconfigText: string;
  /** Address of the node, which this machine reaches on a Linux engine. */
  readonly host: string;
  stop(): Promise<void>;
}

interface Container {
  getKubeConfig(): string;
  getIpAddress(network: string): string;
  getNetworkNames(): readonly string[];
  copyFilesToContainer(files: { source: string; target: string }[]): Promise<void>;
  exec(command: string[]): Promise<{ readonly exitCode: number; readonly output: string }>;
  stop(): Promise<unknown>;
}

async function start(image: string): Promise<Container> {
  // What cleans up after a test runner is one more image that has to be pulled; the node is stopped by us.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  const { K3sContainer } = await import('@testcontainers/k3s');
  return new K3sContainer(image)
    .withCommand([...serverArguments])
    .withStartupTimeout(startWithinMs)
    .start();
}

async function bring(container: Container, images: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-images-'));
  try {
    const file = join(folder, 'images.tar');
    const failure = saveImages(images, file);
    if (failure !== null)
      throw new CommandError(exitEnvironment, `docker save ${images.join(' ')}: ${failure}`);
    await container.copyFilesToContainer([{ source: file, target: imageFile }]);
    const { exitCode, output } = await container.exec([...importImages(imageFile)]);
    if (exitCode !== 0)
      throw new CommandError(exitEnvironment, `the node does not take the image: ${output.trim()}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `images`: what pods run, from the engine of this machine. */
export async function startK3s(k3sImage: string, images: readonly string[]): Promise<K3sNode> {
  let container: Container;
  try {
    container = await start(k3sImage);
  } catch (error) {
    throw new CommandError(
      exitEnvironment,
      `k3s does not start from ${k3sImage}: ${(error as Error).message}`,
    );
  }
  try {
    await bring(container, images);
    const [network = 'bridge'] = container.getNetworkNames();
    return {
      kubeconfigText: container.getKubeConfig(),
      host: container.getIpAddress(network),
      async stop() {
        await container.stop();
      },
    };
  } catch (error) {
    await container.stop();
    throw error;
  }
}
