// One vitest project per kind of test; `npm test` runs them through test/run.ts.
import { defineConfig } from 'vitest/config';

const project = (name: string, timeoutMs: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs },
});

export default defineConfig({
  test: {
    projects: [
      project('corpus', 120_000),
      project('tidy', 60_000),
      project('unit', 20_000),
      project('property', 120_000),
      project('golden', 20_000),
      project('conformance', 120_000),
      project('smoke', 180_000),
      project('local', 300_000),
      // Programs of others in containers; not a part of `npm test`.
      project('peers', 300_000),
    ],
  },
});
