// The proxy that everyone would write: node:http before undici, threads sharing the port.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { start } from '../../programs.ts';
import type { Peer, Start } from './contender.ts';

export type ReferenceOptions = Pick<
  Start,
  'ports' | 'backends' | 'certificates' | 'workers' | 'accessLog' | 'accessLogFile'
>;

export function referencePeer(): Peer {
  return {
    name: 'reference',
    about: `node:http and undici on node ${process.version}; a thread for each worker`,
    start(options) {
      const file = `${options.folder}/reference.json`;
      const { ports, backends, certificates, workers, accessLog, accessLogFile } = options;
      const own: ReferenceOptions = { ports, backends, certificates, workers, accessLog, accessLogFile };
      writeFileSync(file, JSON.stringify(own));
      const program = fileURLToPath(new URL('./reference-program.ts', import.meta.url));
      return start(process.execPath, [program, file]);
    },
    processes: async (child) => [child.pid!],
  };
}
