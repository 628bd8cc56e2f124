// Requests to whatever cluster a kubeconfig leads to, whole answers and the lines of watches.
import type { HttpClient } from '../../../src/ports/http.ts';
import type { Answer, Request } from './operation.ts';

export interface WatchLine {
  readonly type: string;
  readonly object: Readonly<Record<string, unknown>>;
}

export interface Cluster {
  ask(request: Request): Promise<Answer>;
  /** Until `enough` events or the end of the time that the path asks for. */
  watch(path: string, enough: number): Promise<readonly WatchLine[]>;
}

function parsed(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body'];
  } catch {
    return null;
  }
}

export function createCluster(api: HttpClient): Cluster {
  return {
    ask({ method, path, type = 'application/json', accept = 'application/json', body }) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const sent = body === undefined ? null : Buffer.from(text);
      const headers = { accept, ...(sent === null ? {} : { 'content-type': type }) };
      const chunks: Buffer[] = [];
      let status = 0;
      let warning = '';
      return new Promise((resolve, reject) => {
        api.request(
          { method, path, headers: { ...headers, 'user-agent': 'kube-api-script/1' }, body: sent },
          {
            onHead(code, given) {
              status = code;
              warning = given['warning'] ?? '';
            },
            onData: (bytes) => void chunks.push(bytes),
            onEnd(error) {
              if (error !== null) reject(new Error(`${method} ${path}: ${error}`));
              else resolve({ status, warning, body: parsed(Buffer.concat(chunks).toString('utf8')) });
            },
          },
        );
      });
    },
    watch(path, enough) {
      let text = '';
      const lines = (): WatchLine[] =>
        text
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as WatchLine);
      return new Promise((resolve, reject) => {
        const call = api.request(
          { method: 'GET', path, headers: { accept: 'application/json' }, body: null },
          {
            onHead: () => undefined,
            onData(bytes) {
              text += bytes.toString('utf8');
              if (enough === 0 || lines().length < enough) return;
              call.cancel();
              resolve(lines());
            },
            onEnd(error) {
              if (error === null) resolve(lines());
              else reject(new Error(`watch ${path}: ${error}`));
            },
          },
        );
      });
    },
  };
}
