// The option that brings back targets which only passive checks watch, of the commands that serve.
import type { CommandInput, OptionSpec } from './command.ts';
import { parseCount } from './parse.ts';

const secondsMax = 86_400;

export const recoveryOption: OptionSpec = {
  type: 'string',
  value: 'SECONDS',
  default: '0',
  help: 'how long a target that nothing probes stays unhealthy; 0 = until it is set healthy, as in Kong',
};

export function recoverAfterMsOf(input: CommandInput): number {
  return parseCount(input, 'recover-after', 0, secondsMax) * 1000;
}
