// The name that an upstream is asked for in the handshake: as in Kong that of the Host header, whoever chose it.

/** RFC 1035 section 2.3.4; what is longer cannot be asked for. */
const nameCharactersMax = 253;

/** `host`: without port. Lower case; '' for an address, which is no server name (RFC 6066 section 3). */
export function serverNameOf(host: string): string {
  if (host.length > nameCharactersMax || host.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(host)) return '';
  return host.toLowerCase();
}

/** Without the port that a Host header may carry. */
export function withoutPort(host: string): string {
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'));
  const colon = host.indexOf(':');
  return colon === -1 ? host : host.slice(0, colon);
}
