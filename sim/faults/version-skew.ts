// A gateway that is older than the controllers that configure it, as it is while they are upgraded one after the other: it says so,
// and it lacks what only the newer one has. Everything else it answers itself.
import type { CallFacts, Forward } from '../world/calls.ts';
import { type Fault, pick, type Stage } from './fault.ts';
import { gatewayHosts } from './hosts.ts';
import { standInTheWay } from './in-the-way.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const older = '0.0.9';
const json = { 'content-type': 'application/json' };

const answer = (status: number, body: unknown): Answer => ({
  status,
  headers: json,
  body: Buffer.from(JSON.stringify(body)),
});

function answerItself({ clock }: CallFacts, { status, headers, body }: Answer): Forward {
  return (_request, handler) =>
    clock.after(1, () => {
      handler.onHead(status, headers);
      handler.onData(body);
      handler.onEnd(null);
    });
}

/** The answer of the gateway, when all of it is there, made into another. */
function changed(next: Forward, change: (answer: Answer) => Answer): Forward {
  return (request, handler) => {
    let head: Pick<Answer, 'status' | 'headers'> | null = null;
    const parts: Buffer[] = [];
    return next(request, {
      onHead(status, headers) {
        head = { status, headers };
      },
      onData: (bytes) => void parts.push(Buffer.from(bytes)),
      onEnd(error) {
        if (error !== null || head === null) return handler.onEnd(error);
        const { status, headers, body } = change({ ...head, body: Buffer.concat(parts) });
        handler.onHead(status, headers);
        handler.onData(body);
        handler.onEnd(null);
      },
    });
  };
}

type Document = Record<string, unknown>;

function rewritten({ status, headers, body }: Answer, change: (document: Document) => Document): Answer {
  const { 'content-length': _length, ...rest } = headers;
  // Some answers are a status alone.
  if (body.length === 0) return { status, headers, body };
  const document = change(JSON.parse(body.toString('utf8')) as Document);
  return { status, headers: rest, body: Buffer.from(JSON.stringify(document)) };
}

/** What `GET /` says; `reads`: whether it takes changes of a config. */
const ofOlder =
  (deltas: boolean) =>
  (document: Document): Document => ({ ...document, tidegate: { version: older, deltas } });

const backwards = (id: string): string => [...id].reverse().join('');

/** It counts entities otherwise, so its name for a config is not ours. */
function named(told: Answer): Answer {
  const { etag, ...headers } = told.headers;
  const hash = /"([0-9a-f]+)"/.exec(etag ?? '')?.[1];
  const tagged = hash === undefined ? headers : { ...headers, etag: `"${backwards(hash)}"` };
  return rewritten({ ...told, headers: tagged }, (document) => {
    const own = document['configuration_hash'];
    return typeof own === 'string' ? { ...document, configuration_hash: backwards(own) } : document;
  });
}

interface Plugin {
  readonly id?: string;
  readonly name?: string;
  readonly config?: unknown;
}

/** Every plugin of that name in a document, at whatever depth. */
function pluginsIn(value: unknown, name: string, found: Plugin[] = []): readonly Plugin[] {
  if (typeof value !== 'object' || value === null) return found;
  const plugin = value as Plugin;
  if (plugin.name === name && plugin.config !== undefined) found.push(plugin);
  for (const inner of Object.values(value)) pluginsIn(inner, name, found);
  return found;
}

/** As gateways refuse a plugin that they do not have. */
function refusal(plugins: readonly Plugin[]): Answer {
  return answer(400, {
    code: 14,
    name: 'invalid declarative configuration',
    message: 'declarative config is invalid',
    flattened_errors: plugins.map(({ id, name }) => ({
      entity_type: 'plugin',
      entity_id: id,
      entity_name: name,
      errors: [{ field: 'name', message: `plugin '${name}' not enabled`, type: 'field' }],
    })),
  });
}

const isConfig = ({ path }: CallFacts): boolean => path.split('?')[0] === '/config';

/** `lacks`: 'deltas', 'our-ids', or the name of a plugin. */
function inTheWay({ entry }: Stage, facts: CallFacts, next: Forward): Forward {
  const lacks = String(entry.parameters['lacks']);
  const isRoot = facts.method === 'GET' && facts.path === '/';
  switch (lacks) {
    case 'deltas':
      if (facts.method === 'PATCH' && isConfig(facts))
        return answerItself(facts, answer(405, { message: 'Method not allowed' }));
      return isRoot ? changed(next, (told) => rewritten(told, ofOlder(false))) : next;
    case 'our-ids':
      // It has never had a config of that name.
      if (facts.method === 'PATCH' && isConfig(facts))
        return answerItself(
          facts,
          answer(412, { message: 'another configuration', configuration_hash: '1' }),
        );
      if (isRoot) return changed(next, (told) => rewritten(told, ofOlder(true)));
      return isConfig(facts) || facts.path === '/status' ? changed(next, named) : next;
    default:
      if (isRoot) return changed(next, (told) => rewritten(told, ofOlder(true)));
      if (!isConfig(facts) || facts.method === 'GET') return next;
      return (request, handler) => {
        const unknown = pluginsIn(JSON.parse(request.body?.toString('utf8') ?? 'null'), lacks);
        if (unknown.length === 0) return next(request, handler);
        return answerItself(facts, refusal(unknown))(request, handler);
      };
  }
}

const olderGateway: Fault = {
  id: 'X26',
  name: 'older-gateway',
  summary:
    'A gateway is older than the controllers: it takes no changes of configs, names configs otherwise, or does not have a plugin (`lacks`: deltas, our-ids, or the plugin).',
  harms: ['push'],
  lastsMsMax: 10_000,
  /** What is in one process has one version. A plugin that is not there costs routes, so a person has to name it. */
  aim: (draw, shape) =>
    shape.mode === 'combined'
      ? null
      : {
          target: pick(gatewayHosts(shape), draw('target', 64)),
          parameters: { lacks: pick(['deltas', 'our-ids'], draw('lacks', 2)) },
        },
  begin(stage) {
    const { world, entry, record } = stage;
    return standInTheWay(world, {
      matches: ({ server }) => server !== 'api' && (entry.target === '' || server === entry.target),
      wrap(facts, next) {
        record.hits++;
        return inTheWay(stage, facts, next);
      },
    });
  },
};

export const versionSkewFaults: readonly Fault[] = [olderGateway];
