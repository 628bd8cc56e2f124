// One webhook is asked over HTTP: its answer, or the sentence why there is none in time.
import { uuid4 } from '../../../src/base/hash.ts';
import { fail, type Result } from '../../../src/base/result.ts';
import type { StoredObject } from '../store-api.ts';
import type { WriteCore } from '../store-writes.ts';
import type { Admission } from './admission.ts';
import { readReview, reviewDocument, reviewRequest, type Verdict } from './review.ts';
import type { Webhook } from './webhook.ts';

const responseBytesMax = 3 * 1024 * 1024;

function addressOf({ client, timeoutSeconds }: Webhook): { readonly shown: string; readonly path: string } {
  const timeout = `timeout=${timeoutSeconds}s`;
  if (client.service !== undefined) {
    const { name, namespace, port, path } = client.service;
    const own = path.startsWith('/') ? path : `/${path}`;
    return { shown: `https://${name}.${namespace}.svc:${port}${own}?${timeout}`, path: `${own}?${timeout}` };
  }
  const url = client.url ?? '';
  const { pathname, search } = new URL(url);
  return {
    shown: `${url}${search === '' ? '?' : '&'}${timeout}`,
    path: `${pathname}${search}${search === '' ? '?' : '&'}${timeout}`,
  };
}

/** Calls back once. */
export function askWebhook(
  core: WriteCore,
  webhook: Webhook,
  admission: Admission,
  object: StoredObject | null,
  done: (answer: Result<Verdict>) => void,
): void {
  const { shown, path } = addressOf(webhook);
  const failed = (why: string): Result<Verdict> => fail(`failed to call webhook: Post "${shown}": ${why}`);
  const client = core.webhooks.clients?.open(webhook.client) ?? 'this cluster cannot call webhooks';
  if (typeof client === 'string') {
    done(failed(client));
    return;
  }
  const uid = uuid4(core.random.bytes('api/admission', 16));
  const chunks: Buffer[] = [];
  let bytes = 0;
  let status = 0;
  const finish = (answer: Result<Verdict>): void => {
    timer.cancel();
    call.cancel();
    client.close();
    core.guard(admission.request, () => done(answer));
  };
  const timer = core.clock.after(webhook.timeoutSeconds * 1000, () =>
    finish(failed('context deadline exceeded')),
  );
  const review = reviewDocument(reviewRequest({ ...admission, object }, uid));
  const call = client.request(
    {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: Buffer.from(JSON.stringify(review)),
    },
    {
      onHead(code) {
        status = code;
      },
      onData(chunk) {
        bytes += chunk.length;
        if (bytes <= responseBytesMax) chunks.push(chunk);
        else finish(failed(`the response is larger than ${responseBytesMax} bytes`));
      },
      onEnd(error) {
        if (error !== null) finish(failed(error));
        else if (status !== 200) finish(failed(`the server answered ${status}`));
        else finish(readReview(Buffer.concat(chunks).toString('utf8'), uid, webhook, object));
      },
    },
  );
}
