// One session of `dev`: waits until traffic flows, then shows a live page on a terminal or plain lines elsewhere, until
// the user ends it.
import { stdin, stdout } from 'node:process';
import type { Controller } from '../../control/control.ts';
import type { EmbeddedCluster } from '../embedded-cluster.ts';
import { CommandError, exitEnvironment } from '../exit-codes.ts';
import { keysHelp, runKey } from './actions.ts';
import { followChanges, podRow } from './changes.ts';
import { formatPage } from './live-view.ts';
import { startTraffic, type Traffic } from './traffic.ts';

export interface Session {
  readonly cluster: EmbeddedCluster;
  readonly controller: Controller;
  readonly addresses: readonly (readonly [name: string, address: string])[];
  readonly hints: readonly string[];
  /** Where the session sends requests by itself; null: nowhere. */
  readonly traffic: { readonly port: number; readonly host: string; readonly path: string } | null;
}

const perSecond = 20;
const readyTimeoutMs = 60_000;
const redrawMs = 400;
const linesMax = 200;

function clockText(): string {
  return new Date().toISOString().slice(11, 19);
}

function isAvailable(session: Session): boolean {
  const deployments = session.cluster.api.store.list('deployments.apps');
  return deployments.every((deployment) => {
    const { status } = deployment as { status?: { availableReplicas?: number } };
    return (status?.availableReplicas ?? 0) >= Number(deployment.spec?.['replicas'] ?? 1);
  });
}

/** Until the proxy has a config and every Deployment is available, or the session was ended. */
async function waitUntilReady(session: Session, isEnded: () => boolean): Promise<void> {
  const startedMs = Date.now();
  while (!isEnded()) {
    if (session.controller.state().ready && isAvailable(session)) return;
    if (Date.now() - startedMs > readyTimeoutMs) {
      const what = session.controller.state().ready
        ? 'a Deployment is not available'
        : 'the proxy has no configuration';
      throw new CommandError(exitEnvironment, `not ready after ${readyTimeoutMs / 1000} s: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Resolves at the first Ctrl-C, SIGTERM or `q`. */
function createEnding(): { readonly ended: Promise<void>; readonly isEnded: () => boolean; end(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isEnded = false;
  const end = (): void => {
    isEnded = true;
    resolve();
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  return { ended: promise, isEnded: () => isEnded, end };
}

function showPlain(session: Session, traffic: Traffic | null): () => void {
  for (const [name, address] of session.addresses) stdout.write(`${name.padEnd(8)} ${address}\n`);
  stdout.write('try:\n');
  for (const hint of session.hints) stdout.write(`  ${hint}\n`);
  const stop = followChanges(session.cluster.api.store, (line) => stdout.write(`${clockText()} ${line}\n`));
  let reported = 0;
  const timer = setInterval(() => {
    if (traffic === null || traffic.count.failed === reported) return;
    reported = traffic.count.failed;
    stdout.write(
      `${clockText()} failed ${reported} of ${traffic.count.sent}: ${traffic.count.lastFailure}\n`,
    );
  }, 1000);
  return () => {
    clearInterval(timer);
    stop();
    if (traffic !== null) stdout.write(`requests ${traffic.count.sent}, failed ${traffic.count.failed}\n`);
  };
}

function showLive(session: Session, traffic: Traffic | null, end: () => void): () => void {
  const { store } = session.cluster.api;
  const changes: string[] = [];
  const note = (line: string): void => {
    changes.push(`${clockText()} ${line}`);
    if (changes.length > linesMax) changes.shift();
  };
  const stop = followChanges(store, note);
  const draw = (): void => {
    const page = {
      addresses: session.addresses,
      hints: session.hints,
      pods: store.list('pods').map(podRow),
      traffic: traffic?.count ?? null,
      perSecond,
      changes,
      keys: keysHelp,
    };
    const lines = formatPage(page, stdout.columns, stdout.rows);
    // Home, each line cleared to its end, then the rest: no flicker.
    stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`);
  };
  const onKey = (key: Buffer): void => {
    const text = key.toString();
    if (text === 'q' || text === '\x03') {
      end();
      return;
    }
    const line = runKey(text, store, new Date().toISOString());
    if (line !== null) note(line);
    draw();
  };
  stdin.setRawMode(true);
  stdin.resume();
  stdin.on('data', onKey);
  // The alternate screen: the terminal is left as it was.
  stdout.write('\x1b[?1049h\x1b[?25l');
  const timer = setInterval(draw, redrawMs);
  draw();
  return () => {
    clearInterval(timer);
    stop();
    stdin.off('data', onKey);
    stdin.setRawMode(false);
    stdin.pause();
    stdout.write('\x1b[?25h\x1b[?1049l');
    if (traffic !== null) stdout.write(`requests ${traffic.count.sent}, failed ${traffic.count.failed}\n`);
  };
}

/** Resolves when the user has ended the session. `onReady` is called once traffic can flow. */
export async function showSession(session: Session, onReady: () => void): Promise<void> {
  const ending = createEnding();
  await waitUntilReady(session, ending.isEnded);
  if (ending.isEnded()) return;
  onReady();
  const target = session.traffic;
  const traffic = target === null ? null : startTraffic(target.port, target.host, target.path, perSecond);
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
  const hide = isTerminal ? showLive(session, traffic, ending.end) : showPlain(session, traffic);
  await ending.ended;
  traffic?.stop();
  hide();
}
