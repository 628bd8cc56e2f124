// One kubectl command and what a user of a real cluster sees.

export interface KubectlCase {
  /** Text is split at spaces. */
  readonly args: string | readonly string[];
  /** Standard input. */
  readonly input?: string;
  /** What `kubectl edit` starts: a command line that gets the file's name. */
  readonly editor?: string;
  /** Exit code; default 0. */
  readonly exit?: number;
  /** In the output, standard error included. */
  readonly shows?: readonly (string | RegExp)[];
  readonly hides?: readonly (string | RegExp)[];
  /** Minor version of the first client that knows the command. */
  readonly since?: number;
}

export function argumentsOf({ args }: KubectlCase): readonly string[] {
  return typeof args === 'string' ? args.split(' ') : args;
}
