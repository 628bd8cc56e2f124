// The values that users give: variables `KONG_*` over a file.

import { CommandError, exitBadInput, exitUsage } from '../exit-codes.ts';
import { readInputText } from '../input-file.ts';
import { parseConfFile } from './conf-file.ts';
import type { GivenSetting } from './setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'KONG_';

/** What Kubernetes tells every pod about a Service whose name begins with `kong-`: no setting. */
const ofService =
  /^KONG_[A-Z0-9_]*(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;

function readConfFile(path: string): ReadonlyMap<string, string> {
  const text = readInputText(path, '--kong-conf');
  const values = parseConfFile(text);
  if (!values.ok) throw new CommandError(exitBadInput, `${path}: ${values.error}`);
  return values.value;
}

/** By name in lower case. An empty variable takes back what the file says, as in Kong. */
export function givenSettings(
  environment: Environment,
  confPath: string | null,
): ReadonlyMap<string, GivenSetting> {
  const given = new Map<string, GivenSetting>();
  if (confPath !== null)
    for (const [name, value] of readConfFile(confPath))
      if (value !== '') given.set(name, { source: `${name} in ${confPath}`, value, exitCode: exitBadInput });
  for (const [variable, text = ''] of Object.entries(environment)) {
    const value = text.trim();
    if (!variable.startsWith(prefix) || variable === prefix || ofService.test(variable)) continue;
    const name = variable.slice(prefix.length).toLowerCase();
    if (value === '') given.delete(name);
    else given.set(name, { source: variable, value, exitCode: exitUsage });
  }
  return given;
}
