// docs/reference, and docs/errors.md, say what the code says. A stale page fails here; `-u` makes it again (see `regenerate` in pages.ts).
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandsPage, errorsPage, pluginsPage, regenerate, simulatorPage } from './pages.ts';

const folder = join(import.meta.dirname, '../../../docs/reference');

async function check(file: string, text: string): Promise<void> {
  await expect(text, `docs/reference/${file} is stale; run: ${regenerate}`).toMatchFileSnapshot(
    join(folder, file),
  );
}

test('commands', async () => check('commands.md', await commandsPage()));
test('plugins', async () => check('plugins.md', pluginsPage()));
test('errors', async () => check('../errors.md', errorsPage()));
test('simulator', async () => check('simulator.md', simulatorPage()));
