// Who the request belongs to, as the upstream sees it: the X-Consumer-* and X-Credential-Identifier headers that auth
// plugins set. What a client sends under these names is always replaced or removed.
import type { CompiledConsumer } from '../compile/compiled.ts';
import { type AccessContext, type PhaseResult, phaseDone, phaseExit } from '../exchange/context.ts';
import { refuse } from './refusal.ts';

const identityNames = new Set([
  'x-consumer-id',
  'x-consumer-custom-id',
  'x-consumer-username',
  'x-credential-identifier',
  'x-anonymous-consumer',
]);

/** What the client says of itself, also with '_' for '-': many upstreams cannot tell the two apart. */
export function removeClaims(context: AccessContext): void {
  for (const [name] of context.request.headers())
    if (identityNames.has(name.toLowerCase().replaceAll('_', '-'))) context.edits.removeHeader(name);
}

function setConsumer(context: AccessContext, consumer: CompiledConsumer): void {
  const { edits } = context;
  context.consumer = consumer;
  removeClaims(context);
  edits.setHeader('X-Consumer-ID', consumer.id);
  if (consumer.customId) edits.setHeader('X-Consumer-Custom-ID', consumer.customId);
  if (consumer.username) edits.setHeader('X-Consumer-Username', consumer.username);
}

export function continueAs(context: AccessContext, consumer: CompiledConsumer, credentialId: string): void {
  setConsumer(context, consumer);
  context.credentialId = credentialId;
  context.edits.setHeader('X-Credential-Identifier', credentialId);
}

/** `anonymous` is a consumer's id or username. */
export function continueAsAnonymous(context: AccessContext, anonymous: string): PhaseResult {
  const { compiled } = context;
  const consumer = compiled.consumerById(anonymous) ?? compiled.consumerByUsername(anonymous);
  if (consumer === null) {
    refuse(context, 500, `anonymous consumer ${anonymous} is configured but doesn't exist`);
    return phaseExit;
  }
  setConsumer(context, consumer);
  context.credentialId = '';
  context.edits.setHeader('X-Anonymous-Consumer', 'true');
  return phaseDone;
}

/** Nobody: a refused request leaves no identity behind for the plugins that only log. */
export function clearCredentials(context: AccessContext): void {
  context.consumer = null;
  context.credentialId = '';
}
