// Small manifests and what becomes of them: one file each, with only the fields that it is about.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import type { GatewayConfig } from '../../../src/kong/config.ts';
import { type Entity, type EntityType, entityTypes } from '../../../src/kong/entity.ts';
import { formatReference, type KubeObject } from '../../../src/kube/object.ts';
import type { Problem } from '../../../src/kube/problem.ts';
import { createStore } from '../../../src/store/store.ts';
import { defaultOptions } from '../../../src/translate/options.ts';
import { translate } from '../../../src/translate/translate.ts';

interface GoldenCase {
  readonly objects: readonly KubeObject[];
  /** Entities by name, other entities named instead of their ids; types that are not listed are not looked at. */
  readonly expect: Partial<Record<EntityType, readonly Readonly<Record<string, unknown>>[]>>;
  /** 'Kind namespace/name: field: reason' */
  readonly problems?: readonly string[];
  readonly ignored?: readonly string[];
}

const folder = join(import.meta.dirname, 'cases');
const authority = await createCertificateAuthority();
const pair = await issueCertificate(authority, { commonName: 'a.example', dnsNames: ['a.example'] });

function nameOf(entity: Entity): string {
  const named = entity as Partial<
    Record<'name' | 'username' | 'target' | 'key' | 'group' | 'cert', string | null>
  >;
  const { name, username, target, key, group, cert } = named;
  if (cert?.trim() === authority.cert.trim()) return 'CA';
  return cert?.trim() === pair.cert.trim()
    ? 'CERT'
    : (name ?? username ?? target ?? key ?? group ?? entity.id);
}

function readable(config: GatewayConfig, type: EntityType): readonly Readonly<Record<string, unknown>>[] {
  const names = new Map<string, string>();
  for (const other of entityTypes)
    for (const entity of config.entities[other].values()) names.set(entity.id, nameOf(entity));
  const named = (value: unknown): unknown => names.get(value as string) ?? value;
  const entities = [...config.entities[type].values()] as readonly Entity[];
  const keyOf = (entity: Entity): string => JSON.stringify([nameOf(entity), entity]);
  return [...entities]
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .map((entity) => {
      const fields = Object.entries(entity).filter(([field]) => field !== 'id');
      return Object.fromEntries(
        fields.map(
          ([field, value]) => [field, Array.isArray(value) ? value.map(named) : named(value)] as const,
        ),
      );
    });
}

function format({ object, field, reason }: Problem): string {
  return `${formatReference(object)}: ${field}: ${reason}`;
}

test.each(readdirSync(folder))('%s', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  expect(text.split('\n').length).toBeLessThanOrEqual(61);
  const quoted = (pem: string): string => JSON.stringify(pem);
  const golden = parse(
    text
      .replaceAll('@CA@', quoted(authority.cert))
      .replaceAll('@CERT@', quoted(pair.cert))
      .replaceAll('@KEY@', quoted(pair.key)),
  ) as GoldenCase;
  const store = createStore();
  for (const object of golden.objects) store.apply({ type: 'upsert', object });
  const { config, problems, ignored } = translate(store.snapshot(), defaultOptions, null);
  for (const [type, expected] of Object.entries(golden.expect))
    expect(readable(config, type as EntityType), type).toMatchObject(expected);
  expect(problems.map(format)).toEqual(golden.problems ?? []);
  expect(ignored.map(format)).toEqual(golden.ignored ?? []);
});
