// peers.md: the differences as a page for people.
import { type PeerName, reasonOf } from './differences.ts';

export interface Comparison {
  readonly subject: string;
  readonly name: string;
  readonly ours: string;
  /** Outcome by peer. */
  readonly peers: Map<PeerName, string>;
}

/** The versions that the page is about. */
export const comparedWith: Readonly<Record<PeerName, string>> = { nginx: '1.22.1', haproxy: '2.6.12' };

const peers = Object.keys(comparedWith) as PeerName[];

function differs(comparison: Comparison, peer: PeerName): boolean {
  return comparison.peers.get(peer) !== comparison.ours;
}

function row(comparison: Comparison): string {
  const theirs = peers.map((peer) => (differs(comparison, peer) ? comparison.peers.get(peer)! : '='));
  return `| ${[comparison.name, comparison.ours, ...theirs, reasonsOf(comparison)].join(' | ')} |`;
}

/** One for both, or each with whose it is. */
function reasonsOf(comparison: Comparison): string {
  const found = peers.flatMap((peer) =>
    differs(comparison, peer) ? [[peer, reasonOf(peer, comparison)] as const] : [],
  );
  const isOne = new Set(found.map(([, reason]) => reason)).size === 1;
  return isOne ? `${found[0]![1]}` : found.map(([peer, reason]) => `${peer}: ${reason}`).join('; ');
}

export function pageOf(comparisons: readonly Comparison[]): string {
  const different = comparisons.filter((comparison) => peers.some((peer) => differs(comparison, peer)));
  const counts = peers.map((peer) => {
    const count = comparisons.filter((comparison) => !differs(comparison, peer)).length;
    return `${peer} ${comparedWith[peer]} does the same in ${count}`;
  });
  const lines = [
    '# Where nginx and HAProxy frame otherwise',
    '',
    `Of ${comparisons.length} cases, ${counts.join(', ')}; the others are here. \`=\` is: as we do.`,
    'Made by `npx vitest run --project conformance test/conformance/framing/peers -u`.',
  ];
  for (const subject of new Set(different.map((comparison) => comparison.subject)))
    lines.push(
      '',
      `## ${subject}`,
      '',
      `| case | tidegate | ${peers.join(' | ')} | why |`,
      '|---|---|---|---|---|',
      ...different.filter((comparison) => comparison.subject === subject).map(row),
    );
  return `${lines.join('\n')}\n`;
}
