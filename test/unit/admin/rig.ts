// The Admin API alone, asked without sockets.
import { parseYaml } from '../../../src/base/yaml.ts';
import { inProcessGateway } from '../../../src/control/in-process.ts';
import { emptyConfig } from '../../../src/kong/config.ts';
import { applyDelta } from '../../../src/kong/delta.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { Worker, Workers } from '../../../src/ports/workers.ts';
import { createAdmin } from '../../../src/proxy/admin/admin.ts';
import type { ParseYaml } from '../../../src/proxy/admin/declarative-body.ts';
import { readConfigText } from '../../../src/proxy/server/config-text.ts';
import { createProxy } from '../../../src/proxy/server/main.ts';
import type { MainMessage } from '../../../src/proxy/server/protocol.ts';
import { createKeyedRandom, createManualClock } from '../controllers/manual-clock.ts';

/** A worker that takes every config at once. */
function takingWorkers(): Workers {
  return {
    start() {
      let config = emptyConfig;
      const worker: Worker = {
        onExit: null,
        terminate() {},
        channel: {
          onMessage: null,
          post(posted) {
            const message = posted as unknown as MainMessage;
            if (message.kind !== 'config') return;
            const reading = readConfigText(message.text);
            let step = reading.next();
            while (step.done !== true) step = reading.next();
            config = applyDelta(config, step.value.delta);
            worker.channel.onMessage?.({ kind: 'swapped', configId: config.id });
            worker.channel.onMessage?.({ kind: 'listening', httpPort: 8000, httpsPort: -1 });
          },
        },
      };
      return worker;
    },
  };
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const yamlOf: ParseYaml = (text) => parseYaml(text, { charactersMax: 1_000_000, aliasesMax: 100 });

/** Asks the Admin API of a gateway whose worker takes everything; every answer comes within 100 ms of its clock. */
export function createRig(isLoopback = true) {
  const clock = createManualClock();
  const unused = (): never => {
    throw new Error('nothing here is probed');
  };
  const env = {
    clock,
    log: silentLog,
    random: createKeyedRandom(1),
    shared: {
      allocate: (words: number) => new Int32Array(words),
      allocateCounters: (count: number) => new Float64Array(count),
    },
    tcp: { listen: unused, connect: unused },
    tls: { listen: unused, connect: unused },
    // Names are never answered here.
    dns: { query: () => ({ cancel() {} }) },
  };
  const proxy = createProxy(env, takingWorkers(), {
    workers: 1,
    counterWords: 64,
    healthSlots: 16,
    serving: {
      host: '127.0.0.1',
      httpPort: 0,
      httpsPort: -1,
      accessLog: 'off',
      keepaliveTimeoutMs: 1,
      headTimeoutMs: 1,
    },
  });
  proxy.start(() => {});
  const identity = { kongVersion: '3.9.1', tidegateVersion: '0', hostname: 'h', nodeId: 'n', processId: 1 };
  const { http } = inProcessGateway(
    clock,
    'admin',
    createAdmin(env, proxy, { identity, parseYaml: yamlOf, isLoopback }),
  );
  return (path: string, { method = 'GET', headers = {}, body }: Asked = {}) => {
    const answer = { status: 0, text: '', headers: {} as Readonly<Record<string, string>> };
    http.request(
      { method, path, headers, body: body === undefined ? null : Buffer.from(body) },
      {
        onHead(status, given) {
          answer.status = status;
          answer.headers = given;
        },
        onData(bytes) {
          answer.text += bytes.toString();
        },
        onEnd() {},
      },
    );
    clock.advance(100);
    return answer;
  };
}
