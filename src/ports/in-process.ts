// A handler of the same process as a client of it, without sockets.
import type { Clock } from './clock.ts';
import type { HttpClient, HttpHandler, HttpReply, HttpReplyHandler, HttpRequest } from './http.ts';

function answerTo(handler: HttpReplyHandler, isCancelled: () => boolean): HttpReply {
  let over = false;
  const send = (bytes: Buffer | string | undefined): void => {
    if (bytes !== undefined && bytes.length > 0 && !isCancelled())
      handler.onData(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
  };
  const finish = (error: string | null): void => {
    if (over || isCancelled()) return;
    over = true;
    handler.onEnd(error);
  };
  return {
    head(status, headers) {
      if (!over && !isCancelled()) handler.onHead(status, headers);
    },
    write(bytes) {
      if (!over) send(bytes);
      return true;
    },
    end(bytes) {
      if (!over) send(bytes);
      finish(null);
    },
    abort: () => finish('ECONNRESET'),
    onGone: null,
    onDrain: null,
  };
}

export function inProcessClient(clock: Clock, handle: HttpHandler): HttpClient {
  return {
    request(request: HttpRequest, handler: HttpReplyHandler) {
      let cancelled = false;
      const reply = answerTo(handler, () => cancelled);
      const timer = clock.after(0, () => handle(request, reply));
      return {
        cancel() {
          if (cancelled) return;
          cancelled = true;
          timer.cancel();
          reply.onGone?.();
        },
      };
    },
  };
}
