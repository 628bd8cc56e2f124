// `tidegate doctor`: what this machine has and lacks for each backend, each lack with its remedy.
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { Command } from './command.ts';
import { exitEnvironment, exitOk } from './exit-codes.ts';
import { type Finding, k3sFindings } from './k3s/findings.ts';

/** First line that the program prints, or null when it cannot be started. */
function firstLine(program: string, args: readonly string[]): string | null {
  const result = spawnSync(program, args, { encoding: 'utf8', timeout: 10_000 });
  if (result.error !== undefined) return null;
  return `${result.stdout}${result.stderr}`.split('\n', 1)[0]!.trim();
}

function program(
  backend: Finding['backend'],
  name: string,
  args: readonly string[],
  remedy: string,
): Finding {
  const line = firstLine(name, args);
  return { backend, what: name, ok: line !== null, detail: line ?? 'not found on PATH', remedy };
}

function canListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}

async function loopbackFinding(): Promise<Finding> {
  const error = await canListen('127.1.2.3', 0);
  return {
    backend: 'dev',
    what: 'loopback addresses 127.x.y.z',
    ok: error === null,
    detail: error ?? 'usable',
    remedy: 'pods share 127.0.0.1 with ports of their own (as on macOS); nothing to do',
  };
}

async function portFinding(port: number, flag: string): Promise<Finding> {
  const error = await canListen('127.0.0.1', port);
  return {
    backend: 'dev',
    what: `port ${port}`,
    ok: error === null,
    detail: error === null ? 'free' : `taken (${error})`,
    remedy: `stop what listens there, or use ${flag} with another port or 0`,
  };
}

async function examine(): Promise<readonly Finding[]> {
  return [
    await loopbackFinding(),
    await portFinding(8000, '--proxy-port'),
    await portFinding(8443, '--proxy-tls-port'),
    await portFinding(8001, '--admin-port'),
    program('dev', 'kubectl', ['version', '--client'], 'install kubectl to talk to the embedded cluster'),
    ...k3sFindings(),
    program('bench', 'nginx', ['-v'], 'install nginx (Debian: apt-get install nginx)'),
    program('bench', 'haproxy', ['-v'], 'install haproxy (Debian: apt-get install haproxy)'),
    program('bench', 'wrk', ['-v'], 'install wrk (Debian: apt-get install wrk)'),
  ];
}

function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((finding) => finding.what.length));
  const lines = findings.flatMap((finding) => {
    const head = `${finding.ok ? 'ok ' : 'NO '} ${finding.backend.padEnd(5)} ${finding.what.padEnd(width)}  ${finding.detail}`;
    return finding.ok ? [head] : [head, `${' '.repeat(10 + width)}  -> ${finding.remedy}`];
  });
  return `${lines.join('\n')}\n`;
}

export const command: Command = {
  name: 'doctor',
  summary: 'what this machine has and lacks for each backend',
  usage: '',
  options: { json: { type: 'boolean', default: false, help: 'print one JSON object' } },
  examples: [['tidegate doctor', 'a table with a remedy for each lack']],
  async run(input) {
    const findings = await examine();
    process.stdout.write(
      input.options['json'] === true ? `${JSON.stringify({ findings })}\n` : formatFindings(findings),
    );
    return findings.every((finding) => finding.ok) ? exitOk : exitEnvironment;
  },
};
