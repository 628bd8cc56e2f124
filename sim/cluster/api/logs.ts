// `kubectl logs`: text handed in by whoever runs the pods, cut as the query asks, followed while the pod lives.
import type { Result } from '../../../src/base/result.ts';
import type { Timer } from '../../../src/ports/clock.ts';
import { failures } from '../failure.ts';
import { arrayOf, recordOf, textAt } from '../json.ts';
import type { WriteCore } from '../store-writes.ts';
import type { ApiRequest } from './request.ts';
import { sendFailure } from './respond.ts';

export interface LogOptions {
  /** '' = the pod's only container. */
  readonly container: string;
  readonly previous: boolean;
}

export interface PodLogs {
  /** Whole text so far, or the sentence why there is none. */
  read(namespace: string, pod: string, options: LogOptions): Result<string>;
  /** Lines from the given one on, also of a pod that has just gone; null: nothing is known of it. */
  since(
    namespace: string,
    pod: string,
    container: string,
    from: number,
  ): { readonly lines: readonly string[]; readonly next: number } | null;
}

/** How often a followed log is looked at. */
const followMs = 250;

function countOf(query: URLSearchParams, name: string): number | null {
  const text = query.get(name) ?? '';
  return /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/** The end of the text that `tailLines` and `limitBytes` ask for. */
function cutText(text: string, query: URLSearchParams): string {
  const tail = countOf(query, 'tailLines');
  let result = text;
  if (tail !== null) {
    const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
    const kept = tail === 0 ? [] : lines.slice(-tail);
    result = kept.length === 0 ? '' : `${kept.join('\n')}${text.endsWith('\n') ? '\n' : ''}`;
  }
  const limit = countOf(query, 'limitBytes');
  return limit === null ? result : Buffer.from(result).subarray(0, limit).toString('utf8');
}

function containerOf(request: ApiRequest, spec: unknown): Result<string> {
  const { name, query } = request;
  const names = [...arrayOf(recordOf(spec)['initContainers']), ...arrayOf(recordOf(spec)['containers'])].map(
    (item) => textAt(item, 'name'),
  );
  const asked = query.get('container') ?? '';
  if (asked !== '') {
    if (names.includes(asked)) return { ok: true, value: asked };
    return { ok: false, error: `container ${asked} is not valid for pod ${name}` };
  }
  if (names.length === 1) return { ok: true, value: names[0]! };
  const choice = `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`;
  return { ok: false, error: choice };
}

export function serveLogs(core: WriteCore, request: ApiRequest, logs: PodLogs | null): void {
  const { definition, namespace, name, reply, query, http } = request;
  if (http.method !== 'GET') {
    sendFailure(reply, failures.methodNotAllowed(definition));
    return;
  }
  const pod = core.store.get('pods', namespace, name!);
  if (pod === null) {
    sendFailure(reply, failures.notFound(definition, name!));
    return;
  }
  const container = containerOf(request, pod.spec);
  if (!container.ok) {
    sendFailure(reply, failures.badRequest(container.error));
    return;
  }
  const options = { container: container.value, previous: query.get('previous') === 'true' };
  const first = logs?.read(namespace!, name!, options);
  if (first === undefined || !first.ok) {
    const why = first?.error ?? 'this cluster runs no containers';
    sendFailure(reply, failures.badRequest(why));
    return;
  }
  reply.head(200, { 'content-type': 'text/plain' });
  const shown = cutText(first.value, query);
  if (query.get('follow') !== 'true' || options.previous) {
    reply.end(shown);
    return;
  }
  const since = (from: number) => logs?.since(namespace!, name!, container.value, from) ?? null;
  let next = since(Number.MAX_SAFE_INTEGER)?.next ?? 0;
  let timer: Timer | null = null;
  const poll = (): void => {
    const live = core.store.get('pods', namespace, name!);
    const added = since(next);
    if (added !== null && added.lines.length > 0) reply.write(`${added.lines.join('\n')}\n`);
    next = added?.next ?? next;
    const isOver = live?.metadata.uid !== pod.metadata.uid || added === null;
    if (isOver || ['Succeeded', 'Failed'].includes(textAt(live, 'status', 'phase'))) reply.end();
    else timer = core.clock.after(followMs, poll);
  };
  reply.onGone = () => timer?.cancel();
  if (shown !== '') reply.write(shown);
  timer = core.clock.after(followMs, poll);
}
