// What two violations have in common when they are the same defect: the property and the sentence, without the names and
// numbers that differ from run to run.

const placeholder = '#';

/** A word that names or counts something: it holds a digit, a hyphen, a slash, or nothing but capitals. */
function isParticular(word: string): boolean {
  return /[\d/\-_@]/.test(word) || /^[A-Z]+$/.test(word);
}

function withoutParticulars(sentence: string): string {
  const words = sentence.split(/[\s,;:()'"`[\]{}]+/).filter((word) => word !== '');
  const kept: string[] = [];
  for (const word of words) {
    const next = isParticular(word) ? placeholder : word;
    // Lists are as long as they happen to be.
    if (next === placeholder && kept.at(-1) === placeholder) continue;
    if (next === placeholder && kept.at(-1) === 'and' && kept.at(-2) === placeholder) {
      kept.pop();
      continue;
    }
    kept.push(next);
  }
  return kept.join(' ');
}

/** Equal for violations of one property that say the same of other requests, pods or times. */
export function signatureOf(property: string, message: string): string {
  return `${property} ${withoutParticulars(message.split('\n', 1)[0]!)}`;
}
