// The token of the Admin API: a request without one of those that are taken learns nothing. Header and sentences are those of
// Kong's RBAC (Enterprise), so that its controller and its tools can send it.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpHandler } from '../../ports/http.ts';
import { type Answer, message, send } from './reply.ts';

const header = 'kong-admin-token';

const missing: Answer = message(401, 'Invalid credentials. Token or User credentials required');
const wrong: Answer = message(401, 'Invalid RBAC credentials');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** All are compared, and in the same time whatever they have in common. */
function isOneOf(given: string, tokens: readonly string[]): boolean {
  const sent = digest(given);
  let isFound = false;
  for (const token of tokens) if (timingSafeEqual(sent, digest(token))) isFound = true;
  return isFound;
}

/** `tokens`: several, so that one can take the place of another without a pause. */
export function requireToken(
  handler: HttpHandler,
  tokens: () => readonly string[],
  kongVersion: string,
): HttpHandler {
  return (request, reply) => {
    const given = request.headers[header];
    if (given !== undefined && isOneOf(given, tokens())) {
      handler(request, reply);
      return;
    }
    send(reply, given === undefined ? missing : wrong, request.method === 'HEAD', kongVersion, 0);
  };
}
