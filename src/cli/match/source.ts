// Where the routes come from that `tidegate match` looks at: a declarative file, or a gateway that runs.
import { createClock } from '../../io/clock.ts';
import type { GatewayConfig } from '../../kong/config.ts';
import { decodeDeclarative } from '../../kong/decode.ts';
import { isRouterFlavor, type RouterFlavor, routerFlavorDefault } from '../../kong/router-flavor.ts';
import { callJson, type JsonReply } from '../../ports/json-call.ts';
import { createAdminClients } from '../admin-client.ts';
import type { CommandInput } from '../command.ts';
import { CommandError, exitBadInput, exitEnvironment, exitUsage } from '../exit-codes.ts';
import { parseDocument, readConfigFile } from '../gateway.ts';
import { routerFlavorOf } from '../router-flavor-option.ts';

export interface RoutesSource {
  readonly config: GatewayConfig;
  readonly flavor: RouterFlavor;
}

const limits = { timeoutMs: 30_000, bytesMax: 512 * 1024 * 1024 };

/** The gateway's own flavour, unless another is asked for. */
async function fromGateway(input: CommandInput): Promise<RoutesSource> {
  const [gateway, ...more] = createAdminClients(input);
  if (gateway === undefined || more.length > 0)
    throw new CommandError(exitUsage, 'one --kong-admin-url is asked, not several');
  const { name, http } = gateway;
  const get = async (path: string): Promise<Record<string, unknown>> => {
    const reply = await new Promise<JsonReply>((resolve) =>
      callJson(http, createClock(), { method: 'GET', path }, limits, resolve),
    );
    const problem = reply.error ?? (reply.status === 200 ? null : `status ${reply.status}`);
    if (problem !== null)
      throw new CommandError(
        exitEnvironment,
        `${name}${path}: ${problem}; is its Admin API at --kong-admin-url?`,
      );
    return (reply.body ?? {}) as Record<string, unknown>;
  };
  try {
    const { configuration } = await get('/');
    const said = String((configuration as Record<string, unknown> | undefined)?.['router_flavor'] ?? '');
    const own = isRouterFlavor(said) ? said : routerFlavorDefault;
    const flavor = input.options['flavor'] === undefined ? own : routerFlavorOf(input, 'flavor');
    const { config: text } = await get('/config');
    const document = parseDocument(String(text));
    const config = document.ok ? decodeDeclarative(document.value, flavor) : document;
    if (!config.ok)
      throw new CommandError(exitBadInput, `${name}/config cannot be read in the flavour ${flavor}`);
    return { config: config.value, flavor };
  } finally {
    http.close();
  }
}

export async function readSource(input: CommandInput): Promise<RoutesSource> {
  const { file } = input.options;
  const asksGateway = (input.options['kong-admin-url'] as readonly string[]).length > 0;
  if ((file === undefined) !== asksGateway)
    throw new CommandError(
      exitUsage,
      'give routes with -f CONFIG or with --kong-admin-url URL, one of the two',
    );
  if (asksGateway) return fromGateway(input);
  const flavor = routerFlavorOf(input, 'flavor');
  return { config: readConfigFile(String(file), flavor), flavor };
}
