// `tidegate pod`: the pod server alone on real sockets, as scenarios run it in a container.
import { createClock } from '../io/clock.ts';
import { createNetTcp } from '../io/net-tcp.ts';
import { createRandom } from '../io/random.ts';
import type { Command } from './command.ts';
import { CommandError, exitEnvironment, exitOk, exitUsage } from './exit-codes.ts';

export const command: Command = {
  name: 'pod',
  summary: 'the pod server alone',
  usage: '[--port N]...',
  options: {
    port: {
      type: 'string',
      multiple: true,
      value: 'N',
      help: 'port to listen on, 0 for any free one (default 8080)',
    },
    host: { type: 'string', value: 'ADDRESS', default: '0.0.0.0', help: 'address to listen on' },
  },
  examples: [
    ['tidegate pod --port 3000', 'answers every request with JSON about itself and the request'],
    ['POD_LATENCY_MS=5-50 POD_ERROR_RATE=0.01 tidegate pod', 'slow, and wrong once in a hundred'],
    ['POD_DRAIN=closes-listener tidegate pod', 'accepts nothing new after SIGTERM'],
  ],
  async run(input) {
    const given = input.options['port'];
    const texts = given === undefined ? ['8080'] : [given].flat().map(String);
    const ports = texts.map(parsePort);
    const { createPodServer } = await import('../../sim/pod/server.ts');
    return new Promise((resolve, reject) => {
      const server = createPodServer({
        clock: createClock(),
        random: createRandom(),
        tcp: createNetTcp(),
        host: String(input.options['host'] ?? '0.0.0.0'),
        ports,
        identity: {
          pod: process.env['POD_NAME'] ?? process.env['HOSTNAME'] ?? 'pod',
          namespace: process.env['POD_NAMESPACE'] ?? '',
          service: process.env['POD_SERVICE'] ?? '',
          node: process.env['POD_NODE'] ?? '',
          uid: process.env['POD_UID'] ?? '',
        },
        environment: process.env,
        onLine: (line) => process.stdout.write(`${line}\n`),
        onExit: (exitCode) => {
          process.stderr.write('pod: ended\n');
          resolve(exitCode);
        },
      });
      const leave = () => server.terminate();
      process.once('SIGTERM', leave);
      process.once('SIGINT', () => {
        leave();
        process.once('SIGINT', () => {
          server.kill();
          resolve(exitOk);
        });
      });
      server.start((error, listening) => {
        if (error === null) {
          process.stderr.write(`pod: listening on port ${listening.join(', ')}\n`);
          return;
        }
        server.kill();
        const asked = ports.join(', ');
        reject(
          new CommandError(
            exitEnvironment,
            `cannot listen on port ${asked} (${error}); choose others with --port`,
          ),
        );
      });
    });
  },
};

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 65_536;
  if (port > 65_535) throw new CommandError(exitUsage, `--port is '${text}', but it must be from 0 to 65535`);
  return port;
}
