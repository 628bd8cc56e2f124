// How a policy wants targets chosen: the algorithm with what it hashes and the cookie it sets, in Kong's words.
import type { FieldPath, Filled } from '../kong/schema/field.ts';
import type { KongUpstreamPolicy } from '../kube/kong-upstream-policy.ts';

type Spec = KongUpstreamPolicy['spec'];

/** A source of hashing, by its name in the policy: what it is in Kong, and where its name goes. */
const sources: readonly (readonly [inPolicy: string, inKong: string])[] = [
  ['header', 'header'],
  ['cookie', 'cookie'],
  ['queryArg', 'query_arg'],
  ['uriCapture', 'uri_capture'],
];

/** `prefix`: hash_on or hash_fallback. */
function hashFields(prefix: string, given: Readonly<Record<string, string>> | null): Record<string, unknown> {
  if (given === null) return {};
  const fields: Record<string, unknown> = {};
  if (given['input'] !== undefined) fields[prefix] = given['input'];
  for (const [inPolicy, inKong] of sources) {
    const value = given[inPolicy];
    if (value === undefined) continue;
    fields[prefix] = inKong;
    // There is one cookie, whichever of the two asks for it.
    fields[`${inKong === 'cookie' ? 'hash_on' : prefix}_${inKong}`] = value;
  }
  if (given['cookiePath'] !== undefined) fields['hash_on_cookie_path'] = given['cookiePath'];
  return fields;
}

/** {} where the policy says nothing about it. */
export function choiceFields({ algorithm, hashOn, hashOnFallback, stickySessions }: Spec): Filled {
  return {
    ...(algorithm === '' ? {} : { algorithm }),
    ...hashFields('hash_on', hashOn),
    ...hashFields('hash_fallback', hashOnFallback),
    ...(stickySessions?.['cookie'] === undefined ? {} : { sticky_sessions_cookie: stickySessions['cookie'] }),
    ...(stickySessions?.['cookiePath'] === undefined
      ? {}
      : { sticky_sessions_cookie_path: stickySessions['cookiePath'] }),
  };
}

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Where the policy says it: 'spec.hashOn.queryArg' for ['hash_on_query_arg']. */
export function choicePlace(path: FieldPath): string {
  const name = String(path[0]);
  const groups = [
    ['hash_on', 'hashOn'],
    ['hash_fallback', 'hashOnFallback'],
    ['sticky_sessions', 'stickySessions'],
  ] as const;
  for (const [prefix, group] of groups) {
    if (name === prefix) return `spec.${group}.input`;
    if (name.startsWith(`${prefix}_`)) return `spec.${group}.${camelCase(name.slice(prefix.length + 1))}`;
  }
  return 'spec.algorithm';
}
