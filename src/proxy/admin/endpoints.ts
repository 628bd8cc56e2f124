// GET /endpoints: every path that the Admin API has.
import { compareStrings } from '../../base/order.ts';
import { collections, nested, referenced } from './entities.ts';
import { type Answer, json } from './reply.ts';

const others = [
  '/',
  '/config',
  '/endpoints',
  '/metrics',
  '/plugins/enabled',
  '/plugins/schema/{name}',
  '/schemas/{name}',
  '/schemas/{db_entity_name}/validate',
  '/schemas/plugins/{name}',
  '/schemas/vaults/{name}',
  '/status',
  '/status/dns',
  '/status/ready',
  '/tags',
  '/tags/{tags}',
  '/timers',
  '/upstreams/{upstreams}/health',
  '/upstreams/{upstreams}/targets/all',
  '/upstreams/{upstreams}/targets/{targets}/healthy',
  '/upstreams/{upstreams}/targets/{targets}/unhealthy',
  '/upstreams/{upstreams}/targets/{targets}/{address}/healthy',
  '/upstreams/{upstreams}/targets/{targets}/{address}/unhealthy',
];

function* entityPaths(): Generator<string> {
  for (const [path, { type, references }] of Object.entries(collections)) {
    yield `/${path}`;
    yield `/${path}/{${type}}`;
    for (const field of references) if (Object.hasOwn(referenced, field)) yield `/${path}/{${type}}/${field}`;
  }
  for (const [path, { collection }] of Object.entries(nested)) {
    const [parent, children] = path.split('/') as [string, string];
    const list = `/${parent}/{${collections[parent]!.type}}/${children}`;
    yield list;
    yield `${list}/{${collection.type}}`;
  }
}

/** Sorted part by part, as in Kong: what is below a path comes before longer names. */
export function showEndpoints(): Answer {
  const key = (path: string): string => path.replaceAll('/', '\0');
  const data = [...others, ...entityPaths()].sort((a, b) => compareStrings(key(a), key(b)));
  return json(200, { data });
}
