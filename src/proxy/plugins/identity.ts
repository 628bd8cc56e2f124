// Who the request belongs to, as the upstream sees it: the X-Consumer-* and X-Credential-Identifier headers that auth
// plugins set. What a client sends under these names is always replaced or removed.
import type { CompiledConsumer } from '../compile/compiled.ts';
import { type AccessContext, type PhaseResult, phaseDone, phaseExit } from '../exchange/context.ts';
import { refuse } from './refusal.ts';

function setOrRemove(context: AccessContext, name: string, value: string | null): void {
  if (value !== null && value !== '') context.edits.setHeader(name, value);
  else context.edits.removeHeader(name);
}

function setConsumer(context: AccessContext, consumer: CompiledConsumer): void {
  context.consumer = consumer;
  context.edits.setHeader('X-Consumer-ID', consumer.id);
  setOrRemove(context, 'X-Consumer-Custom-ID', consumer.customId);
  setOrRemove(context, 'X-Consumer-Username', consumer.username);
}

export function continueAs(context: AccessContext, consumer: CompiledConsumer, credentialId: string): void {
  setConsumer(context, consumer);
  context.credentialId = credentialId;
  context.edits.setHeader('X-Credential-Identifier', credentialId);
  context.edits.removeHeader('X-Anonymous-Consumer');
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
  context.edits.removeHeader('X-Credential-Identifier');
  context.edits.setHeader('X-Anonymous-Consumer', 'true');
  return phaseDone;
}

/** Nobody: a refused request leaves no identity behind for the plugins that only log. */
export function clearCredentials(context: AccessContext): void {
  context.consumer = null;
  context.credentialId = '';
}
