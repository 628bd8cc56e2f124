// Byte streams for the data path: over node's stream handles where they pass the test, else over node:net.
import type { Log } from '../ports/log.ts';
import type { Tcp } from '../ports/tcp.ts';
import { createHandleTcp } from './handle-tcp.ts';
import { createNetTcp } from './net-tcp.ts';
import { findStreamHandles } from './stream-handles.ts';
import { testTcp } from './tcp-self-test.ts';
import { createTrial } from './trial.ts';

export function createTcp(log: Log): Tcp {
  const portable = createNetTcp();
  const handles = findStreamHandles();
  if (handles !== null) return whileItWorks(createHandleTcp(handles, portable), portable, log);
  log.warn('this runtime has no stream handles, node:net is used instead: a request costs more');
  return portable;
}

/** The first use begins the test, which takes some milliseconds; listening waits for its verdict, connecting does not. */
export function whileItWorks(lean: Tcp, portable: Tcp, log: Log): Tcp {
  const trial = createTrial(lean, portable, testTcp, (failure) =>
    log.warn('stream handles failed their test, node:net is used instead', { failure }),
  );
  return {
    listen: (options, accept, done) => trial.whenChosen((tcp) => tcp.listen(options, accept, done)),
    connect: (host, port, handler) => trial.current().connect(host, port, handler),
  };
}
