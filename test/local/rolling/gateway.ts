// The two ways to run controller and proxy, as child processes whose controller can be made to crash.
import { get } from 'node:http';
import { type Program, poll, startProgram } from './program.ts';

export interface Gateway {
  readonly port: number;
  /** In split mode resolves when the controller has been started again; in combined mode that is its own affair. */
  crashController(): Promise<void>;
  stop(): Promise<void>;
  output(): string;
}

export type Mode = 'split' | 'combined';

const anyPorts = ['--proxy-port', '0', '--proxy-tls-port', '0', '--admin-port', '0'];

/** 0 where nothing answers. */
export function statusOf(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve) => {
    const call = get(url, { headers, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    call.on('error', () => resolve(0));
  });
}

function textOf(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve(Buffer.concat(parts).toString()));
    }).on('error', reject);
  });
}

function isReady({ ready }: Program): Promise<void> {
  return poll('the controller is ready', async () => (await statusOf(`${ready['status']}/readyz`)) === 200);
}

function portOf({ ready }: Program): number {
  return Number(new URL(String(ready['proxy'])).port);
}

async function startSplit(kubeconfig: string): Promise<Gateway> {
  const proxy = await startProgram(['proxy', ...anyPorts, '--workers', '1', '--drain-seconds', '1']);
  const startController = async (): Promise<Program> => {
    const target = ['--kubeconfig', kubeconfig, '--kong-admin-url', String(proxy.ready['admin'])];
    const started = await startProgram(['controller', ...target, '--status-port', '0', '--no-leader-elect']);
    await isReady(started);
    return started;
  };
  let controller = await startController();
  return {
    port: portOf(proxy),
    async crashController() {
      await controller.end('SIGKILL');
      controller = await startController();
    },
    async stop() {
      await controller.end('SIGTERM');
      await proxy.end('SIGTERM');
    },
    output: () => `proxy:\n${proxy.output()}\ncontroller:\n${controller.output()}`,
  };
}

async function crashesOf({ ready }: Program): Promise<number> {
  const text = await textOf(`${ready['status']}/metrics`);
  return Number(/^tidegate_controller_crashes_total (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
}

async function startCombined(kubeconfig: string): Promise<Gateway> {
  const hook = ['--import', new URL('crash-on-signal.ts', import.meta.url).pathname];
  const own = ['--kubeconfig', kubeconfig, '--status-port', '0', '--no-leader-elect', '--drain-seconds', '1'];
  const program = await startProgram(['run', ...anyPorts, '--workers', '1', ...own], hook);
  await isReady(program);
  return {
    port: portOf(program),
    async crashController() {
      const before = await crashesOf(program);
      program.process.kill('SIGUSR2');
      await poll('the controller crashes', async () => (await crashesOf(program)) === before + 1);
    },
    async stop() {
      await program.end('SIGTERM');
    },
    output: program.output,
  };
}

export function startGateway(mode: Mode, kubeconfig: string): Promise<Gateway> {
  return mode === 'split' ? startSplit(kubeconfig) : startCombined(kubeconfig);
}
