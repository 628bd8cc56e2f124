// How a gateway reads routes: Kong's `router_flavor`, as an option or as the environment variable that its charts set.
import {
  isRouterFlavor,
  type RouterFlavor,
  routerFlavorDefault,
  routerFlavors,
} from '../kong/router-flavor.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';
import { spelled } from './parse.ts';

const variable = 'KONG_ROUTER_FLAVOR';

export const routerFlavorOption: OptionSpec = {
  type: 'string',
  value: 'FLAVOR',
  help: `how routes are read: ${routerFlavors.join(', ')}; default: ${variable}, else ${routerFlavorDefault}`,
};

/** `option` is the name it goes by in the command. Where kong-settings/ has been read, it holds the variable already. */
export function routerFlavorOf(input: CommandInput, option = 'router-flavor'): RouterFlavor {
  const given = input.options[option];
  const text = given === undefined ? (process.env[variable] ?? '') : String(given);
  if (given === undefined && text === '') return routerFlavorDefault;
  if (isRouterFlavor(text)) return text;
  const source = given === undefined ? variable : spelled(input, option);
  throw new CommandError(exitUsage, `${source} must be one of ${routerFlavors.join(', ')}, not '${text}'`);
}
