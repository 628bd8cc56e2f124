// docs/reference, and docs/errors.md, say what the code says. A stale page fails here; `-u` makes it again (see `regenerate` in pages.ts).
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scenarioSchema } from '../../../scenarios/language/json-schema.ts';
import { kongSettingsPage } from './kong-settings-page.ts';
import { commandsPage, errorsPage, pluginsPage, regenerate, simulatorPage } from './pages.ts';
import { scenariosPage } from './scenario-page.ts';

const folder = join(import.meta.dirname, '../../../docs/reference');

async function check(file: string, text: string): Promise<void> {
  await expect(text, `docs/reference/${file} is stale; run: ${regenerate}`).toMatchFileSnapshot(
    join(folder, file),
  );
}

test('commands', async () => check('commands.md', await commandsPage()));
test('settings of Kong', async () => check('kong-settings.md', kongSettingsPage()));
test('plugins', async () => check('plugins.md', pluginsPage()));
test('errors', async () => check('../errors.md', errorsPage()));
test('scenarios', async () => check('scenarios.md', scenariosPage()));
test('the JSON Schema of scenarios', async () =>
  check('../../scenarios/schema.json', `${JSON.stringify(scenarioSchema(), null, 2)}\n`));
test('simulator', async () => check('simulator.md', simulatorPage()));
