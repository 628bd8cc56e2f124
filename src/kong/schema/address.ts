// IP addresses in text form. (node:net has this too, but it stays outside of the pure rooms.)

export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

export function isIpv6(text: string): boolean {
  if (text.length > 45 || !text.includes(':')) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (let half = 0; half < halves.length; half++) {
    if (halves[half] === '') continue;
    const parts = halves[half]!.split(':');
    for (let i = 0; i < parts.length; i++) {
      const isLast = half === halves.length - 1 && i === parts.length - 1;
      if (isLast && parts[i]!.includes('.')) {
        if (!isIpv4(parts[i]!)) return false;
        groups += 2;
      } else {
        if (!/^[0-9a-f]{1,4}$/i.test(parts[i]!)) return false;
        groups++;
      }
    }
  }
  return halves.length === 2 ? groups <= 7 : groups === 8;
}

/** The only form that two spellings of one address share, and Kong's: eight groups of four digits. `text` is an IPv6 address. */
export function expandIpv6(text: string): string {
  const groupsOf = (half: string): string[] =>
    half === ''
      ? []
      : half.split(':').flatMap((part) => {
          if (!part.includes('.')) return [part.padStart(4, '0')];
          const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
          return [a * 256 + b, c * 256 + d].map((group) => group.toString(16).padStart(4, '0'));
        });
  const [head = '', tail] = text.toLowerCase().split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0000');
  return [...before, ...(tail === undefined ? [] : zeros), ...after].join(':');
}
