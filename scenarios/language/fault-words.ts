// Faults by the words of scenarios: every name of the simulator's catalogue, its id where only one fault has it, and a few
// words of our own for what people say otherwise.
import { faults } from '../../sim/faults/catalogue.ts';
import type { Fault } from '../../sim/faults/fault.ts';

interface Alias {
  readonly fault: string;
  readonly summary: string;
  /** Words for parameters, with those of the fault. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Parameters that the word stands for. */
  readonly given?: Readonly<Record<string, string | number | boolean>>;
}

export const faultAliases: Readonly<Record<string, Alias>> = {
  'delay-watch': {
    fault: 'late-kind',
    summary: 'Objects of one kind are seen late (`by`).',
    parameters: { by: 'lagMs' },
  },
  'stale-api': {
    fault: 'stale-api-server',
    summary: 'One API server shows everything late (`by`).',
    parameters: { by: 'lagMs' },
  },
  'silence-watch': { fault: 'watch-half-open', summary: 'Watches hear nothing more and nobody tells them.' },
  'cut-watch': { fault: 'watch-reset', summary: 'Connections of watches are reset.', given: { how: 'cut' } },
  'tear-watch': {
    fault: 'watch-reset',
    summary: 'Connections of watches are reset in the middle of a line.',
    given: { how: 'torn' },
  },
  'forget-history': { fault: 'watch-gone', summary: 'History is compacted, so that watches are told 410.' },
  'lose-node': { fault: 'node-lost', summary: 'A node is cut off with all its pods.' },
  'crash-pod': { fault: 'container-crashes', summary: 'Containers of pods die, and are started again.' },
  'delete-pod': { fault: 'pod-deleted', summary: 'Somebody deletes a pod.' },
  'drain-proxy': { fault: 'terminate-gateway', summary: 'A proxy gets SIGTERM, drains, and another starts.' },
  'crash-proxy': {
    fault: 'crash-gateway',
    summary: 'The process of a proxy dies at once, and another starts.',
  },
  'reuse-address': {
    fault: 'address-reused',
    summary: 'The address of a pod is given to another application.',
  },
};

export interface FaultWord {
  readonly fault: Fault;
  readonly alias: Alias | null;
}

const names: ReadonlyMap<string, Fault> = new Map(faults.map((fault) => [fault.name, fault]));

/** A sentence where the word is no fault, or several. */
export function findFaultWord(word: string): FaultWord | string | null {
  const alias = Object.hasOwn(faultAliases, word) ? faultAliases[word]! : null;
  const byName = names.get(alias?.fault ?? word);
  if (byName !== undefined) return { fault: byName, alias };
  const byId = faults.filter(({ id }) => id === word);
  if (byId.length === 1) return { fault: byId[0]!, alias: null };
  if (byId.length > 1)
    return `'${word}' is the id of several faults: ${byId.map(({ name }) => name).join(', ')}`;
  return null;
}

/** Aliases first, then all names. */
export const faultWordList: readonly string[] = [...Object.keys(faultAliases), ...names.keys()];

export function faultSummary(word: string): string {
  return faultAliases[word]?.summary ?? names.get(word)?.summary ?? '';
}

/** Conditions that a fault may last until. */
export const untilWords = ['rolled', 'available', 'gone', 'ready', 'healed', 'end'] as const;
export type UntilWord = (typeof untilWords)[number];
