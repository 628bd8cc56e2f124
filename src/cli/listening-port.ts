// A port that a command listens on: had, or a sentence that says why not and what to do.
import { pageConnectionsMax, readMachine } from '../io/machine.ts';
import { createNetTcp } from '../io/net-tcp.ts';
import type { Env } from '../ports/env.ts';
import type { HttpHandler, HttpListener, HttpServerOptions } from '../ports/http.ts';
import { CommandError, exitEnvironment } from './exit-codes.ts';

/** What to say about a port that cannot be had. */
function portError(error: string, host: string, port: number, option: string): CommandError {
  const remedy = `choose another with --${option} PORT, or --${option} 0 for any free one`;
  if (error === 'EADDRINUSE')
    return new CommandError(exitEnvironment, `${host}:${port} is in use by another program: ${remedy}`);
  if (error === 'EACCES')
    return new CommandError(exitEnvironment, `${host}:${port} may not be used by this user: ${remedy}`);
  if (error === 'EADDRNOTAVAIL')
    return new CommandError(exitEnvironment, `${host} is not an address of this machine (port ${port})`);
  return new CommandError(exitEnvironment, `cannot listen on ${host}:${port} (${error}): ${remedy}`);
}

/** Workers share their ports, so another gateway would share them too, silently: asked for alone first. */
export function checkPort(host: string, port: number, option: string): Promise<void> {
  if (port <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    createNetTcp().listen(
      { host, port },
      () => null,
      (error, listener) => {
        if (error !== null) reject(portError(error, host, port, option));
        else listener!.close(resolve);
      },
    );
  });
}

/** `option` is the one to choose another port with. */
export function listenForHttp(
  env: Pick<Env, 'httpServer'>,
  place: Omit<HttpServerOptions, 'connectionsMax'>,
  option: string,
  handler: HttpHandler,
): Promise<HttpListener> {
  const connectionsMax = pageConnectionsMax(readMachine().openFiles);
  return new Promise((resolve, reject) => {
    env.httpServer.listen({ ...place, connectionsMax }, handler, (error, listener) => {
      if (error !== null) reject(portError(error, place.host, place.port, option));
      else resolve(listener!);
    });
  });
}
