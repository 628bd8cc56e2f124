// TLS for the data path: over node's handles where they pass the test, else over node:tls.
import type { Log } from '../ports/log.ts';
import type { Tls } from '../ports/tls.ts';
import { createHandleTls } from './handle-tls.ts';
import { createNetTls } from './net-tls.ts';
import { findStreamHandles } from './stream-handles.ts';
import { findTlsHandles } from './tls-handles.ts';
import { defaultTlsLimits } from './tls-handshakes.ts';
import { testTls } from './tls-self-test.ts';
import { createTrial } from './trial.ts';

export function createTls(log: Log): Tls {
  const portable = createNetTls(defaultTlsLimits);
  const handles = findTlsHandles(findStreamHandles());
  if (handles !== null) return tlsWhileItWorks(createHandleTls(handles, defaultTlsLimits), portable, log);
  log.warn('this runtime has no TLS handles, node:tls is used instead: a request costs more');
  return portable;
}

/** The first use begins the test, which takes some milliseconds; listening waits for its verdict, connecting does not. */
export function tlsWhileItWorks(lean: Tls, portable: Tls, log: Log): Tls {
  const trial = createTrial(lean, portable, testTls, (failure) =>
    log.warn('TLS handles failed their test, node:tls is used instead', { failure }),
  );
  return {
    listen: (options, accept, done) => trial.whenChosen((tls) => tls.listen(options, accept, done)),
    connect: (options, handler) => trial.current().connect(options, handler),
  };
}
