// Which trailers of a request are refused. Some servers merge trailers into the header section, so a trailer that frames,
// routes or authenticates would say behind our back what we have checked in front (RFC 9110 section 6.5.1).

const refusedNames = new Set([
  'apikey',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'max-forwards',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-anonymous-consumer',
  'x-real-ip',
]);

/** What the proxy itself says about a request. */
const refusedPrefixes = ['x-authenticated-', 'x-consumer-', 'x-credential-', 'x-forwarded-', 'x-kong-'];

/** Longer names are in no list. */
export const trailerNameBytesMax = 64;

/** `name` in lower case. */
export function isRefusedTrailer(name: string): boolean {
  return refusedNames.has(name) || refusedPrefixes.some((prefix) => name.startsWith(prefix));
}
