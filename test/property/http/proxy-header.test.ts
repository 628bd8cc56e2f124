// The PROXY protocol's header read by the product as by a naive reader: a bounded part of `npm run fuzz -- proxy-protocol`.
import { expect, it } from 'vitest';
import { proxyHeaderTarget } from '../../fuzz/proxy-header.ts';
import { createDraws } from '../../fuzz/target.ts';
import { readProxyHeader } from './naive/proxy-header.ts';

const runs = 10_000;

it(`holds over ${runs} headers`, async () => {
  let taken = 0;
  for (let run = 0; run < runs; run++) {
    const input = proxyHeaderTarget.make(createDraws(1, 'proxy-header', run));
    const found = await proxyHeaderTarget.judge(input);
    if (found !== null) throw new Error(`run ${run}, ${JSON.stringify(input)}: ${found}`);
    if (typeof readProxyHeader(input.join('')) !== 'string') taken++;
  }
  // What nobody takes shows nothing.
  expect(taken).toBeGreaterThan(runs / 5);
});
