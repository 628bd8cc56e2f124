// Whether the product and a naive reader make the same of a PROXY protocol header, whatever part of it has arrived.
import { parseProxyHeader } from '../../../src/proxy/http/proxy-header.ts';
import { readProxyHeader } from './naive/proxy-header.ts';

/** null, or how the two differ. */
export function proxyHeaderDifference(text: string): string | null {
  // Not at the start of its buffer, as a caller may have it.
  const before = 7;
  const bytes = Buffer.from('x'.repeat(before) + text, 'latin1');
  const parse = (length: number): string => {
    const header = parseProxyHeader(bytes, before, before + length);
    if (header.kind !== 'taken') return header.kind === 'more' ? 'incomplete' : 'refused';
    return JSON.stringify({ length: header.end - before, source: header.source });
  };
  const read = readProxyHeader(text);
  const naive = typeof read === 'string' ? read : JSON.stringify(read);
  const whole = parse(text.length);
  if (whole !== naive && !(naive === 'incomplete' && whole === 'refused'))
    return `read as ${whole}, naively as ${naive}`;
  for (let length = 0; length < text.length; length++) {
    const part = parse(length);
    if (part !== 'incomplete' && part !== whole) return `${length} bytes read as ${part}, all as ${whole}`;
  }
  return null;
}
