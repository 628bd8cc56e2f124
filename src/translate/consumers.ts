// KongConsumers with the credentials in their Secrets. A name or key that two consumers claim stays with the older one.
import { createHash } from 'node:crypto';
import { oncePerObject } from '../base/once-per-object.ts';
import type { Result } from '../base/result.ts';
import type { Consumer, EntityTypes } from '../kong/entity.ts';
import { idOfKey, idOfName } from '../kong/ids.ts';
import type { FieldError } from '../kong/schema/field.ts';
import { credentialLabel } from '../kube/annotations.ts';
import type { KongConsumer } from '../kube/kong-consumer.ts';
import type { Problem } from '../kube/problem.ts';
import { type Secret, secretText } from '../kube/secret.ts';
import { objectKey } from '../kube/snapshot.ts';
import type { ConfigBuilder } from './builder.ts';
import { checked, describeErrors } from './check-entity.ts';
import { objectTags } from './names.ts';
import * as problems from './problems.ts';

export interface SettledConsumer {
  readonly source: KongConsumer;
  readonly consumer: Consumer;
}

/** Name of a consumer as plugin ids contain it. */
export function consumerName(consumer: Consumer): string {
  return consumer.username ?? consumer.custom_id ?? '';
}

/** Checked once for each Secret, as long as the same consumer has it: decoded objects never change. */
const checkedCredentials = new WeakMap<Secret, { readonly consumer: string; readonly outcome: Outcome }>();

const checkConsumer = oncePerObject((source: KongConsumer): Result<Consumer, readonly FieldError[]> => {
  const { username, customId } = source;
  return checked('consumers', {
    id: idOfName('consumers', username === '' ? `${customId}#0` : username),
    username: username === '' ? null : username,
    custom_id: customId === '' ? null : customId,
    tags: objectTags(source),
  });
});

export function settleConsumers(consumers: readonly KongConsumer[]): {
  readonly consumers: readonly SettledConsumer[];
  readonly problems: readonly Problem[];
} {
  const found: Problem[] = [];
  const settled: SettledConsumer[] = [];
  const owners = new Map<string, KongConsumer>();
  for (const source of consumers) {
    const { username, customId } = source;
    const names = [
      { field: 'username', value: username },
      { field: 'custom_id', value: customId },
    ].filter(({ value }) => value !== '');
    const taken = names.find(({ field, value }) => owners.has(`${field}\n${value}`));
    if (taken !== undefined) {
      const owner = owners.get(`${taken.field}\n${taken.value}`)!;
      found.push(problems.duplicateConsumer(source, taken.field, taken.value, objectKey(owner)));
      continue;
    }
    const result = checkConsumer(source);
    if (!result.ok) {
      found.push(problems.refusedConsumer(source, 'username', describeErrors(result.error)));
      continue;
    }
    for (const { field, value } of names) owners.set(`${field}\n${value}`, source);
    settled.push({ source, consumer: result.value });
  }
  return { consumers: settled, problems: found };
}

type CredentialType = 'keyauth_credentials' | 'basicauth_credentials' | 'acls';

interface Credential {
  readonly type: CredentialType;
  /** Unique among all consumers. */
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The values of the Secret, or which one is missing. */
function readCredential(
  secret: Secret,
  type: string,
  consumer: string,
): Credential | { readonly missing: string } | null {
  const names = type === 'key-auth' ? ['key'] : type === 'basic-auth' ? ['username', 'password'] : ['group'];
  const fields: Record<string, string> = {};
  for (const name of names) {
    const value = secretText(secret, name);
    if (value === null || value === '') return { missing: name };
    fields[name] = value;
  }
  switch (type) {
    case 'key-auth':
      return { type: 'keyauth_credentials', id: idOfName('keyauth_credentials', fields['key']!), fields };
    case 'basic-auth': {
      const id = idOfKey('basicauth_credentials', [fields['username']!]);
      // Kong keeps the digest of password and consumer id.
      const password = createHash('sha1').update(`${fields['password']}${consumer}`).digest('hex');
      return { type: 'basicauth_credentials', id, fields: { ...fields, password } };
    }
    case 'acl':
      return { type: 'acls', id: idOfKey('acls', [consumer, fields['group']!]), fields };
    default:
      return null;
  }
}

type Outcome =
  | { readonly missing: string }
  | { readonly unsupported: string }
  | { readonly unlabelled: true }
  | { readonly refused: string; readonly key: string }
  | { readonly type: CredentialType; readonly entity: EntityTypes[CredentialType]; readonly key: string };

function checkCredential(secret: Secret, consumer: string): Outcome {
  const type = secret.metadata.labels[credentialLabel] ?? '';
  if (type === '') return { unlabelled: true };
  if (type !== 'key-auth' && type !== 'basic-auth' && type !== 'acl') return { unsupported: type };
  const credential = readCredential(secret, type, consumer);
  if (credential === null) return { unsupported: type };
  if ('missing' in credential) return credential;
  const key = `${credential.type}/${credential.id}`;
  const entity = checked(credential.type, {
    ...credential.fields,
    id: credential.id,
    consumer,
    tags: objectTags(secret),
  });
  return entity.ok
    ? { type: credential.type, entity: entity.value, key }
    : { refused: describeErrors(entity.error), key };
}

function outcomeOf(secret: Secret, consumer: string): Outcome {
  const known = checkedCredentials.get(secret);
  if (known?.consumer === consumer) return known.outcome;
  const outcome = checkCredential(secret, consumer);
  checkedCredentials.set(secret, { consumer, outcome });
  return outcome;
}

function addCredential(
  { source, consumer }: SettledConsumer,
  name: string,
  field: string,
  secrets: ReadonlyMap<string, Secret>,
  owners: Map<string, KongConsumer>,
  builder: ConfigBuilder,
): Problem | null {
  const secret = secrets.get(`${source.metadata.namespace}/${name}`);
  if (secret === undefined) return problems.missingSecret(source, field, name, 'the credential is left out');
  const outcome = outcomeOf(secret, consumer.id);
  if ('unlabelled' in outcome) return problems.unlabelledCredential(source, field, name);
  if ('unsupported' in outcome)
    return problems.unsupportedCredential(source, field, name, outcome.unsupported);
  if ('missing' in outcome)
    return problems.missingSecretKey(source, field, name, outcome.missing, 'the credential is left out');
  const owner = owners.get(outcome.key);
  if (owner !== undefined)
    return owner === source ? null : problems.duplicateCredential(source, field, name, objectKey(owner));
  if ('refused' in outcome) return problems.refusedCredential(source, field, name, outcome.refused);
  owners.set(outcome.key, source);
  builder.add(outcome.type, outcome.entity, [secret, source]);
  return null;
}

/** `closed`: ids of consumers that are left out because a plugin of theirs is broken. */
export function addConsumers(
  consumers: readonly SettledConsumer[],
  closed: ReadonlySet<string>,
  secrets: ReadonlyMap<string, Secret>,
  builder: ConfigBuilder,
): readonly Problem[] {
  const found: Problem[] = [];
  const owners = new Map<string, KongConsumer>();
  for (const settled of consumers) {
    const { source, consumer } = settled;
    if (closed.has(consumer.id) || !builder.add('consumers', consumer, [source])) continue;
    source.credentials.forEach((name, i) => {
      const problem = addCredential(settled, name, `credentials[${i}]`, secrets, owners, builder);
      if (problem !== null) found.push(problem);
    });
  }
  return found;
}
