// Entities by tag: `/tags` and `/tags/{tag}`.
import { compareStrings } from '../../base/order.ts';
import type { GatewayConfig } from '../../kong/config.ts';
import { type Entity, entityTypes } from '../../kong/entity.ts';
import { checkTag } from '../../kong/schema/text.ts';
import { pageSize } from './entities.ts';
import { type Answer, json, problem } from './reply.ts';

interface Tagged {
  readonly entity_name: string;
  readonly entity_id: string;
  readonly tag: string;
}

function* tagged(config: GatewayConfig, wanted: string | null): Generator<Tagged> {
  for (const type of entityTypes)
    for (const { id, tags } of (config.entities[type] as ReadonlyMap<string, Entity>).values())
      for (const tag of tags ?? [])
        if (wanted === null || tag === wanted) yield { entity_name: type, entity_id: id, tag };
}

const keyOf = ({ entity_name: type, entity_id: id, tag }: Tagged): string => `${type}|${id}|${tag}`;

/** One page of what has the tag, or of all tags; by type, id and tag. */
export function listTags(
  config: GatewayConfig,
  path: string,
  query: URLSearchParams,
  wanted: string | null,
): Answer {
  const wrong = wanted === null ? null : checkTag(wanted);
  if (wrong !== null) return problem(400, 10, 'invalid unique tag', wrong);
  const size = pageSize(query);
  if (typeof size === 'string') return problem(400, 9, 'invalid size', size);
  const offset = query.get('offset');
  const after = offset === null ? '' : Buffer.from(offset, 'base64url').toString('utf8');
  if (offset !== null && !/^[a-z_]+\|[0-9a-f-]{36}\|/.test(after))
    return problem(400, 7, 'invalid offset', `'${offset}' is not a valid offset: bad base64 encoding`);
  const rows = [...tagged(config, wanted)]
    .filter((row) => keyOf(row) > after)
    .sort((a, b) => compareStrings(keyOf(a), keyOf(b)));
  const data = rows.slice(0, size);
  if (rows.length <= size) return json(200, { data, next: null });
  const next = Buffer.from(keyOf(data.at(-1)!)).toString('base64url');
  const more = new URLSearchParams({ offset: next, size: String(size) });
  return json(200, { data, next: `${path}?${more}`, offset: next });
}
