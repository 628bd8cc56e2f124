// Where the Admin API listens, with or without TLS, and what it asks of whoever comes.
import type { Env } from '../ports/env.ts';
import type { HttpHandler, HttpListener, HttpServerTls } from '../ports/http.ts';
import { type AdminOptions, adminBodyBytesMax, createAdmin } from '../proxy/admin/admin.ts';
import { requireToken } from '../proxy/admin/token.ts';
import type { ProxyServer } from '../proxy/server/main.ts';
import { listenForHttp } from './listening-port.ts';

export interface AdminPlaces {
  readonly host: string;
  /** -1 = not served; 0 = any free one. */
  readonly port: number;
  readonly tls?: {
    readonly host: string;
    readonly port: number;
    /** Asked before each connection. */
    readonly source: () => HttpServerTls;
  };
  /** Those that are taken now; asked with each request. Absent: no request needs one. */
  readonly tokens?: () => readonly string[];
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127\.[0-9.]+|::1)$/.test(host);
}

/** What an operator should know of the place, or null. */
function adminWarning({ host, port, tls, tokens }: AdminPlaces): string | null {
  if (tokens !== undefined) return null;
  const open: string[] = [];
  if (port >= 0 && !isLoopback(host)) open.push(`${host} without TLS`);
  if (tls !== undefined && !isLoopback(tls.host) && tls.source().clientAuthorities === undefined)
    open.push(`${tls.host} over TLS`);
  if (open.length === 0) return null;
  return `whoever reaches the Admin API rules the gateway, and it listens on ${open.join(' and ')}: --admin-token-file or --admin-client-ca keep others out`;
}

export async function listenForAdmins(
  env: Env,
  proxy: ProxyServer,
  options: AdminOptions,
  places: AdminPlaces,
): Promise<{ readonly plain: HttpListener | null; readonly tls: HttpListener | null }> {
  const { host, port, tls, tokens } = places;
  const warning = adminWarning(places);
  if (warning !== null) env.log.warn(warning);
  const handlerOf = (at: string): HttpHandler => {
    const admin = createAdmin(env, proxy, { ...options, isLoopback: isLoopback(at) });
    return tokens === undefined ? admin : requireToken(admin, tokens, options.identity.kongVersion);
  };
  const bodyBytesMax = adminBodyBytesMax;
  const plain =
    port < 0 ? null : await listenForHttp(env, { host, port, bodyBytesMax }, 'admin-port', handlerOf(host));
  try {
    if (tls === undefined) return { plain, tls: null };
    const place = { host: tls.host, port: tls.port, tls: tls.source, bodyBytesMax };
    return { plain, tls: await listenForHttp(env, place, 'admin-tls-port', handlerOf(tls.host)) };
  } catch (error) {
    plain?.close(() => undefined);
    throw error;
  }
}
