// Kong's own settings, as its charts give them: into options that the command line leaves open. The command line comes before
// variables `KONG_*`, and they before a file (`--kong-conf`). Nothing that Kong would do is left out silently.
import { secretOf } from '../../proxy/server/secrets.ts';
import type { Command, CommandInput, OptionSpec } from '../command.ts';
import { exitBadInput } from '../exit-codes.ts';
import { findSetting, settings } from './catalogue.ts';
import { settleNames } from './names.ts';
import { listOf, type OptionValue, Outcome, refuse } from './outcome.ts';
import type { GivenSetting, KongSetting } from './setting.ts';
import { type Environment, givenSettings } from './sources.ts';

export const kongConfOption: OptionSpec = {
  type: 'string',
  value: 'FILE',
  help: 'settings of Kong (kong.conf); variables KONG_* come before it, options before both',
};

export interface KongSettings {
  /** With the settings in its options. */
  readonly input: CommandInput;
  /** Sentences for the log. */
  readonly warnings: readonly string[];
  /** A declarative document as text. */
  readonly declarative: { readonly text: string; readonly source: string } | null;
}

function isPreset(setting: KongSetting, { value }: GivenSetting): boolean {
  const plain = (text: string) => text.replaceAll(/\s*,\s*/g, ',');
  return setting.default !== null && plain(value) === plain(setting.default);
}

/** Certificates may stand with their keys. */
const mayRefer = ({ name, isSecret }: KongSetting): boolean => isSecret === true || name.endsWith('ssl_cert');

/** A setting may be a reference to a variable, as with Kong; of those alone whose values never stand in a message. */
function dereferenced(setting: KongSetting, given: GivenSetting, environment: Environment): GivenSetting {
  if (!given.value.startsWith('{vault://')) return given;
  if (!mayRefer(setting))
    refuse(given, 'a reference to a vault can stand for a certificate or a secret alone');
  const value = secretOf(given.value, new Map(), { prefix: '', lookUp: (name) => environment[name] ?? null });
  return value === null ? refuse(given, `nothing answers to ${given.value}`) : { ...given, value };
}

function applySetting(
  setting: KongSetting,
  given: GivenSetting,
  outcome: Outcome,
  environment: Environment,
): void {
  switch (setting.kind) {
    case 'implemented':
      setting.apply(dereferenced(setting, given, environment), outcome);
      return;
    case 'refused':
      if (!isPreset(setting, given) && !setting.accepts.includes(given.value.toLowerCase()))
        refuse(given, setting.docs);
      return;
    default:
      if (setting.toldUnless !== undefined && !isPreset(setting, given)) {
        const isOff = listOf(given).every((item) => setting.toldUnless!.includes(item));
        if (!isOff) outcome.warn(given, `no effect: ${setting.docs}`);
      }
  }
}

function warnOfUnknown(given: ReadonlyMap<string, GivenSetting>, outcome: Outcome): void {
  for (const [name, one] of given) {
    if (findSetting(name) !== null) continue;
    if (one.exitCode === exitBadInput) refuse(one, 'Kong 3.9 has no such setting');
    outcome.warn(one, 'Kong 3.9 has no such setting; it has no effect');
  }
}

/** Kong is silent where one setting takes away another's effect. */
function settleTogether(outcome: Outcome, chosen: (option: string) => OptionValue | undefined): void {
  const { options, warnings } = outcome;
  const drop = (option: string, reason: string | null): void => {
    const dropped = options.get(option);
    if (dropped !== undefined && reason !== null) warnings.push(`${dropped.source}: no effect: ${reason}`);
    options.delete(option);
  };
  const header = options.get('real-ip-header');
  const isAnnounced = chosen('proxy-protocol') === true;
  if (header?.value === 'proxy_protocol')
    drop('real-ip-header', isAnnounced ? null : 'no listener has the flag proxy_protocol');
  else if (isAnnounced && options.has('proxy-protocol'))
    warnings.push(
      `${options.get('proxy-protocol')!.source}: the client is the one that the PROXY protocol tells, as with real_ip_header = proxy_protocol`,
    );
  const trusted = chosen('trusted-ips') as readonly string[];
  if (trusted.length === 0) {
    drop('real-ip-header', 'trusted_ips says whose headers are believed, and it is empty');
    drop(
      'real-ip-recursive',
      options.get('real-ip-recursive')?.value === true ? 'trusted_ips is empty' : null,
    );
  }
  const verify = chosen('client-verify');
  if (verify === 'off' || (verify === undefined && options.has('client-ca')))
    for (const option of ['client-ca', 'client-verify-depth', 'client-verify'])
      drop(option, verify === undefined ? 'ssl_verify_client is off' : null);
  if (chosen('admin-tls-port') === 'off')
    for (const option of ['admin-certificate', 'admin-certificate-key', 'admin-client-ca'])
      drop(option, option === 'admin-client-ca' ? 'admin_listen has no address with ssl' : null);
  if (options.has('config')) outcome.declarative = null;
}

/** Throws a CommandError for what cannot be carried out. */
export function readKongSettings(
  command: Command,
  input: CommandInput,
  environment: Environment,
): KongSettings {
  const isGiven = (option: string): boolean => input.given?.has(option) === true;
  const confPath = input.options['kong-conf'];
  const given = givenSettings(environment, confPath === undefined ? null : String(confPath));
  const outcome = new Outcome(command.options['config'] === undefined);
  warnOfUnknown(given, outcome);
  for (const setting of settings) {
    if (setting.isFamily) {
      for (const [name, one] of given)
        if (findSetting(name) === setting) applySetting(setting, one, outcome, environment);
      continue;
    }
    const one = given.get(setting.name);
    if (one !== undefined) applySetting(setting, one, outcome, environment);
  }
  for (const option of outcome.options.keys()) if (isGiven(option)) outcome.options.delete(option);
  if (isGiven('config')) outcome.declarative = null;
  settleNames(outcome, isGiven);
  settleTogether(
    outcome,
    (option) => outcome.options.get(option)?.value ?? (input.options[option] as OptionValue | undefined),
  );
  const entries = [...outcome.options];
  return {
    input: {
      ...input,
      options: { ...input.options, ...Object.fromEntries(entries.map(([name, { value }]) => [name, value])) },
      sources: new Map(entries.map(([name, { source }]) => [name, source])),
    },
    warnings: outcome.warnings,
    declarative: outcome.declarative,
  };
}
