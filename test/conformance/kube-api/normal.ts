// Answers without what differs from run to run: versions, uids, times, addresses become names in order of appearance.

import { isRecord } from '../../../sim/cluster/json.ts';
import { canonicalJson } from '../../../src/base/order.ts';

export interface Normalizer {
  /** A value as one line of JSON with sorted members. */
  line(value: unknown): string;
  text(text: string): string;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const address = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g;
/** In sentences: 'ResourceVersion in object meta: 86'. */
const versionInText = /(ResourceVersion in [a-z ]+: )(\d+)/g;
/** A cell of a table: '3m20s'. */
const age = /^(\d+[smhdy]){1,2}$/;
const zeroUid = '00000000-0000-4000-8000-000000000000';

export function createNormalizer(): Normalizer {
  const uids = new Map<string, string>();
  const versions = new Map<string, string>();
  const named = (names: Map<string, string>, prefix: string, key: string): string => {
    let name = names.get(key);
    if (name === undefined) {
      name = `${prefix}${names.size + 1}`;
      names.set(key, name);
    }
    return name;
  };
  const text = (given: string): string =>
    given
      .replace(uuid, (found) => (found === zeroUid ? found : named(uids, 'uid-', found)))
      .replace(
        versionInText,
        (_all, words: string, version: string) => words + named(versions, 'version-', version),
      )
      .replace(address, 'ADDRESS');
  const value = (given: unknown, member: string, isList: boolean): unknown => {
    if (typeof given === 'string') {
      if (member === 'resourceVersion') {
        if (given === '' || given === '0') return given;
        // Other writers of the cluster move the version of a list on.
        return isList ? 'OF-THE-LIST' : named(versions, 'version-', given);
      }
      if (member === 'continue') return given === '' ? '' : 'TOKEN';
      return time.test(given) ? 'TIME' : text(given);
    }
    if (Array.isArray(given)) return given.map((item) => value(item, '', false));
    if (!isRecord(given)) return given;
    const list = Array.isArray(given['items']) || Array.isArray(given['rows']);
    return Object.fromEntries(
      Object.entries(given).map(([name, child]) => [
        name,
        name === 'cells' && Array.isArray(child)
          ? child.map((cell) => (typeof cell === 'string' && age.test(cell) ? 'AGE' : value(cell, '', false)))
          : name === 'metadata' && isRecord(child)
            ? Object.fromEntries(Object.entries(child).map(([own, one]) => [own, value(one, own, list)]))
            : value(child, name, false),
      ]),
    );
  };
  return { text, line: (given) => canonicalJson(value(given, '', false)) };
}
