// docs/reference/kong-settings.md, made from the catalogue of Kong's settings.
import { settingGroups } from '../../../src/cli/kong-settings/catalogue.ts';
import type { KongSetting } from '../../../src/cli/kong-settings/setting.ts';
import { page, table } from './pages.ts';

function outcomeOf(setting: KongSetting): string {
  if (setting.kind === 'implemented')
    return setting.option === null
      ? 'read'
      : setting.option
          .split(', ')
          .map((option) => `\`${option}\``)
          .join(', ');
  if (setting.kind === 'refused')
    return setting.accepts.length === 0
      ? 'refused'
      : `refused, but for ${setting.accepts.map((value) => `\`${value}\``).join(', ')}`;
  return setting.toldUnless === undefined ? 'no effect' : 'no effect, told';
}

function row(setting: KongSetting): readonly string[] {
  return [
    `\`${setting.name}${setting.isFamily === true ? '*' : ''}\``,
    setting.isFamily === true ? '' : setting.type,
    setting.default === null ? '' : `\`${setting.default}\``,
    outcomeOf(setting),
    setting.docs,
  ];
}

export function kongSettingsPage(): string {
  return page(
    'Settings of Kong',
    '`tidegate proxy` and `tidegate run` read the settings of Kong 3.9 from variables `KONG_NAME`, as its charts set them, and from a file in the form of `kong.conf` with `--kong-conf FILE`. An option on the command line comes before a variable, a variable before the file; an empty variable takes back what the file says. The files where Kong looks by itself (`/etc/kong/kong.conf`) are not read.',
    'What is not given keeps the default of Tidegate, not that of Kong: without `proxy_listen` the proxy listens on 127.0.0.1. The default of Kong stands here because that value is taken wherever it changes nothing.',
    "**read** and an option: it does here what the last column says, and a value that cannot be carried out is refused. **no effect**: taken silently, there is nothing for it to act on. **told**: taken with a warning in the log, unless the value is Kong's default or turns off what is not there anyway. **refused**: the command ends with 64 (a variable) or 65 (the file) and names the setting and the reason; Kong's default is taken. A name with `*` stands for all that begin with it and have no line of their own.",
    'A variable with a name that Kong does not have is told; in a file it is refused. Variables that Kubernetes makes for a Service named `kong-...` are passed over. References to vaults (`{vault://...}`) are refused. No message shows a value that may be secret.',
    ...settingGroups.flatMap(([heading, settings]) => [
      `## ${heading}`,
      table(['setting', 'type', "Kong's default", 'here', 'meaning, or the reason'], settings.map(row)),
    ]),
  );
}
