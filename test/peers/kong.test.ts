// A stock Kong beside our Admin API: every wrong document and entity of our tables is posted to both, and both have to refuse it with the
// same fields. Needs a container engine with the image; without it nothing is run, and that is said.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wrongDocuments } from '../conformance/validation/cases/documents.ts';
import { wrongRoutes } from '../conformance/validation/cases/routes.ts';
import { wrongServices } from '../conformance/validation/cases/services.ts';
import { wrongUpstreams } from '../conformance/validation/cases/upstreams.ts';
import { createRig } from '../unit/admin/rig.ts';

const image = process.env['TIDEGATE_KONG_IMAGE'] ?? 'kong:3.9';
const adminPort = 8001;

const hasImage = spawnSync('docker', ['image', 'inspect', image], { stdio: 'ignore' }).status === 0;

type Json = Readonly<Record<string, unknown>>;

interface Refusal {
  readonly status: number;
  readonly fields: unknown;
}

const ours = createRig();

function askOurs(document: Json): Refusal {
  const { status, text } = ours('/config', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(document),
  });
  return { status, fields: (JSON.parse(text) as { readonly fields?: unknown }).fields };
}

const documents: readonly (readonly [title: string, document: Json])[] = [
  ...wrongDocuments.map(({ title, document }) => [title, { _format_version: '3.0', ...document }] as const),
  ...(
    [
      ['services', wrongServices],
      ['routes', wrongRoutes],
      ['upstreams', wrongUpstreams],
    ] as const
  ).flatMap(([type, rows]) =>
    rows.map(
      ([entity, ...errors]) =>
        [`${type}: ${errors.join('; ')}`, { _format_version: '3.0', [type]: [entity] }] as const,
    ),
  ),
];

describe.skipIf(!hasImage)(
  `beside ${image}${hasImage ? '' : ` (not run: no engine with the image ${image})`}`,
  () => {
    let url = '';
    let stop = async (): Promise<void> => undefined;

    beforeAll(async () => {
      const { GenericContainer, Wait } = await import('testcontainers');
      const container = await new GenericContainer(image)
        .withEnvironment({ KONG_DATABASE: 'off', KONG_ADMIN_LISTEN: `0.0.0.0:${adminPort}` })
        .withExposedPorts(adminPort)
        .withWaitStrategy(Wait.forHttp('/status', adminPort))
        .start();
      url = `http://${container.getHost()}:${container.getMappedPort(adminPort)}`;
      stop = async () => {
        await container.stop();
      };
    });
    afterAll(() => stop());

    test.each(documents)('%s', async (_title, document) => {
      const reply = await fetch(`${url}/config`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(document),
      });
      const { fields } = (await reply.json()) as { readonly fields?: unknown };
      expect(askOurs(document)).toEqual({ status: reply.status, fields });
    });
  },
);
