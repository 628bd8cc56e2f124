// Which of the known words somebody may have meant.

/** Letters to change, add, leave out or swap with their neighbour. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(above[column]! + 1, line[column - 1]! + 1, above[column - 1]! + same);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        least = Math.min(least, before[column - 2]! + 1);
      line.push(least);
    }
    before = above;
    above = line;
  }
  return above[b.length]!;
}

/** The nearest word, where it is near enough to be meant; null else. */
export function nearest(word: string, known: readonly string[]): string | null {
  const most = Math.max(2, Math.floor(word.length / 3));
  let best: string | null = null;
  let least = most + 1;
  for (const other of known) {
    const steps =
      word.length > 2 && (other.startsWith(word) || word.startsWith(other)) ? 1 : distance(word, other);
    if (steps < least) {
      least = steps;
      best = other;
    }
  }
  return best;
}

const listMax = 24;

/** "; did you mean 'x'?", else what there is. */
export function hint(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== null) return `; did you mean '${near}'?`;
  const shown = known.slice(0, listMax).join(', ');
  return known.length === 0 ? '' : `; there are: ${shown}${known.length > listMax ? ', ...' : ''}`;
}
