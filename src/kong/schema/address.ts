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
