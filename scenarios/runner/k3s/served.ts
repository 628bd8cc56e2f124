// Whether the proxies serve what the objects of now ask for: each tells the id of its config among its metrics, and the ids that the
// objects lead to is worked out from the cluster's own objects. A config as a whole is compared; how requests are answered the
// scenario's clients see.
import type { Look } from '../../../sim/history/expect/looks.ts';
import { askedConfigId } from '../../../sim/world/asked-config.ts';
import { createHttpClient } from '../../../src/io/http-client.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import type { RunTime } from './time.ts';

const askEveryUs = 200_000;
const metricsBytesMax = 16 * 1024 * 1024;

export interface Served {
  look(): Look;
  stop(): void;
}

interface Asked {
  url: string;
  id: string;
  askedUs: number;
  isAsking: boolean;
}

/** `onAnswer` hears the whole text, or null where there is none. */
function getText(url: string, path: string, onAnswer: (text: string | null) => void): void {
  const client = createHttpClient({ url });
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (text: string | null): void => {
    client.close();
    onAnswer(text);
  };
  const call = client.request(
    { method: 'GET', path, headers: {}, body: null },
    {
      onHead: () => undefined,
      onData(bytes) {
        size += bytes.length;
        chunks.push(bytes);
        if (size <= metricsBytesMax) return;
        call.cancel();
        finish(null);
      },
      onEnd: (error) => finish(error === null ? Buffer.concat(chunks).toString('utf8') : null),
    },
  );
}

export interface ServedOptions {
  readonly time: RunTime;
  readonly proxies: number;
  /** Base URL of a proxy's status page; null: it is not there. */
  readonly statusUrlOf: (index: number) => string | null;
  /** The cluster's own objects of the kinds that the controller reads. */
  readonly objects: () => readonly KubeObject[];
  /** Grows with each change of them. */
  readonly version: () => number;
  readonly ingressClass: string;
}

export function createServed(options: ServedOptions): Served {
  const { time, proxies, statusUrlOf, objects, version, ingressClass } = options;
  const asked = Array.from(
    { length: proxies },
    (): Asked => ({ url: '', id: '', askedUs: -askEveryUs, isAsking: false }),
  );
  let wanted = { version: -1, id: '' };
  let stopped = false;
  const ask = (one: Asked, url: string | null): void => {
    if (one.isAsking || stopped || time.nowUs() - one.askedUs < askEveryUs) return;
    one.askedUs = time.nowUs();
    if (url === null) {
      one.id = '';
      return;
    }
    one.isAsking = true;
    getText(url, '/metrics', (text) => {
      one.isAsking = false;
      one.url = url;
      one.id = /^tidegate_config_info\{id="([0-9a-f]+)"\} 1$/m.exec(text ?? '')?.[1] ?? '';
    });
  };
  return {
    look() {
      for (const [index, one] of asked.entries()) ask(one, statusUrlOf(index));
      if (wanted.version !== version())
        wanted = { version: version(), id: askedConfigId(objects(), ingressClass) };
      const behind = asked.findIndex(({ id }) => id !== wanted.id);
      if (behind < 0) return { answer: 'yes', seen: 'all proxies serve what the objects ask for' };
      const { id } = asked[behind]!;
      const what = id === '' ? 'says nothing' : `serves config ${id.slice(0, 8)}`;
      return {
        answer: 'no',
        seen: `proxy-${behind + 1} ${what}, the objects ask for ${wanted.id.slice(0, 8)}`,
      };
    },
    stop() {
      stopped = true;
    },
  };
}
