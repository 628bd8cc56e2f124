// `fault`: one word for what goes wrong, with what it is aimed at; how long it lasts; and the figures of its kind.
import { isMap, type Node } from 'yaml';
import {
  type FaultWord,
  faultSummary,
  faultWordList,
  findFaultWord,
  type UntilWord,
  untilWords,
} from './fault-words.ts';
import { hint } from './nearest.ts';
import { offsetOf, type ParameterValue, type Placed, type Reading } from './reading.ts';
import { choice, keyOf, mapOf, type Shape, scalarOf, whole } from './shape.ts';
import { duration } from './units.ts';

export interface FaultSpec {
  readonly word: string;
  readonly found: FaultWord;
  /** As written: 'deployment/shop', 'proxy-1/worker-2', 'any'. */
  readonly target: string;
  readonly at: number;
  readonly forMs: number | null;
  readonly until: UntilWord | null;
  /** The write of a controller that it waits for, counted from 0. */
  readonly atWrite: number | null;
  readonly point: 'before-send' | 'after-apply' | 'after-response';
  /** By the words of the scenario. */
  readonly figures: readonly (readonly [name: string, figure: Placed<ParameterValue>])[];
}

const point = choice(['before-send', 'after-apply', 'after-response']);
const until = choice(untilWords);
const write = whole(0, 1_000);
const what = 'a fault: a map with its name and what it is aimed at, such as { lose-node: node-1, for: 8s }';

/** Members that every fault may have, for the documentation and the schema. */
export const faultMembers = {
  for: { shape: duration, doc: 'how long it lasts; absent: as long as it may, or at once' },
  until: {
    shape: until,
    doc: 'it lasts until a later `wait` for this has been met, until a step `heal`, or until the end of the steps',
  },
  'at-write': {
    shape: write,
    doc: 'it begins around this write of the controller (from 0), Leases not counted',
  },
  point: { shape: point, doc: 'at which point of the write (before-send)' },
} as const;

interface Drawn {
  word: string;
  found: FaultWord;
  target: string;
  at: number;
}

function readName(key: string, node: Node, value: Node | null, reading: Reading): Drawn | null {
  const found = findFaultWord(key);
  if (found === null) return null;
  if (typeof found === 'string') {
    reading.complain(offsetOf(node), found);
    return null;
  }
  const target = scalarOf(value, reading, 'what the fault is aimed at, or any');
  return { word: key, found, target: String(target ?? 'any'), at: offsetOf(node) };
}

function read(node: Node | null, reading: Reading): FaultSpec | undefined {
  const map = mapOf(node, reading, what);
  if (map === null || !isMap(map)) return undefined;
  const before = reading.complaints.length;
  let name: Drawn | null = null;
  const members: { for?: number; until?: UntilWord; 'at-write'?: number; point?: FaultSpec['point'] } = {};
  const figures: [string, Placed<ParameterValue>][] = [];
  for (const [index, pair] of map.items.entries()) {
    const keyNode = pair.key as Node;
    // The fault itself may be a parameter.
    const written = keyOf(pair);
    const key = written.startsWith('$') ? String(scalarOf(keyNode, reading, 'a fault') ?? written) : written;
    if (reading.complaints.length > before) return undefined;
    const value = pair.value as Node | null;
    if (Object.hasOwn(faultMembers, key)) {
      const { shape } = faultMembers[key as keyof typeof faultMembers];
      Object.assign(members, { [key]: (shape as Shape<unknown>).read(value, reading) });
      continue;
    }
    if (name === null && index === 0) {
      name = readName(key, keyNode, value, reading);
      if (name === null && reading.complaints.length === before)
        reading.complain(offsetOf(keyNode), `there is no fault '${key}'${hint(key, faultWordList)}`);
      continue;
    }
    const figure = scalarOf(value, reading, 'a figure');
    if (figure !== undefined) figures.push([key, { value: figure as ParameterValue, at: offsetOf(keyNode) }]);
  }
  if (reading.complaints.length > before) return undefined;
  if (name === null) {
    reading.complain(offsetOf(map), `the first member names the fault${hint('', faultWordList)}`);
    return undefined;
  }
  return {
    ...name,
    forMs: members.for ?? null,
    until: members.until ?? null,
    atWrite: members['at-write'] ?? null,
    point: members.point ?? 'before-send',
    figures,
  };
}

export const faultShape: Shape<FaultSpec> = {
  what,
  read,
  schema(definitions) {
    const named = Object.fromEntries(
      faultWordList.map((word) => [word, { type: 'string', description: faultSummary(word) }]),
    );
    const members = Object.fromEntries(
      Object.entries(faultMembers).map(([key, { shape, doc }]) => [
        key,
        { description: doc, ...shape.schema(definitions) },
      ]),
    );
    // Figures differ from fault to fault; `scenario validate` knows them.
    return { type: 'object', properties: { ...named, ...members }, minProperties: 1 };
  },
};
