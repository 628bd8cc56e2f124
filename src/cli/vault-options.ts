// The options of references to secrets in the environment, `{vault://env/NAME}`. In Kong: `vaults`, `vault_env_prefix`.
import type { Environment } from '../proxy/server/secrets.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';
import { spelled } from './parse.ts';

export const vaultOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  vaults: {
    type: 'string',
    value: 'KIND',
    default: 'env',
    help: "where references {vault://...} in certificates and plugins are looked up: env = the gateway's environment, off = nowhere",
  },
  'vault-env-prefix': {
    type: 'string',
    value: 'PREFIX',
    help: 'what names of variables begin with where neither a reference nor its Vault says it',
  },
};

/** To spread into the options of a gateway. */
export function vaultsOf(
  input: CommandInput,
  variables: Readonly<Record<string, string | undefined>>,
): { readonly environment?: Environment } {
  const { options } = input;
  const kind = String(options['vaults']);
  if (kind === 'off') return {};
  if (kind !== 'env')
    throw new CommandError(exitUsage, `${spelled(input, 'vaults')} must be env or off, not '${kind}'`);
  const prefix = String(options['vault-env-prefix'] ?? '');
  return { environment: { prefix, lookUp: (variable) => variables[variable] ?? null } };
}
