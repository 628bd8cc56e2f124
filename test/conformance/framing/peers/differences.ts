// Looks up why a peer does otherwise in a case.
import { haproxyDifferences } from './haproxy-differences.ts';
import { nginxDifferences } from './nginx-differences.ts';
import type { Comparison } from './page.ts';

const groups = { nginx: nginxDifferences, haproxy: haproxyDifferences };
export type PeerName = keyof typeof groups;

/** Cases in which the same bytes do not always have the same outcome. */
const varying: Readonly<Record<PeerName, readonly string[]>> = {
  nginx: [],
  haproxy: ['a trailer with a bad name', 'a trailer with a blank before the colon'],
};

export function varies(peer: PeerName, { name }: Comparison): boolean {
  return varying[peer].includes(name);
}

function keyOf({ subject, name }: Comparison): string {
  return subject === 'responses' ? `responses: ${name}` : name;
}

export function reasonOf(peer: PeerName, comparison: Comparison): string | null {
  const key = keyOf(comparison);
  return groups[peer].find(([, cases]) => cases.includes(key))?.[0] ?? null;
}

/** Reasons for what is no difference, or no case. */
export function unusedReasons(comparisons: readonly Comparison[]): string[] {
  return (Object.keys(groups) as PeerName[]).flatMap((peer) =>
    groups[peer]
      .flatMap(([, cases]) => cases)
      .filter((key) => {
        const comparison = comparisons.find((candidate) => keyOf(candidate) === key);
        return comparison === undefined || comparison.peers.get(peer) === comparison.ours;
      })
      .map((key) => `${peer}: ${key}`),
  );
}
