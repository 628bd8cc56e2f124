// Every case of the table as documented (RFC 9112, and Kong's limits): refused, answered, passed on as it came, or cleaned.
import { describe, expect, it } from 'vitest';
import { createCodecTarget } from '../../fuzz/codec.ts';
import { createRig, okResponse, toPort } from '../../unit/exchange/rig.ts';
import { chunked, request } from './cases/case.ts';
import { requestSubjects, responses } from './cases/table.ts';
import { checkRequest, checkResponse } from './check.ts';

const requests = requestSubjects.flatMap(([, cases]) => cases);

describe.each(requestSubjects)('%s', (_subject, cases) => {
  it.each(cases)('$name: $verdict.kind, $reason', checkRequest);
});

describe('responses', () => {
  it.each(responses)('$name: $verdict.kind, $reason', checkResponse);
});

describe('the table', () => {
  it('is as large as it should be, and no two cases have one name', () => {
    for (const cases of [requests, responses]) {
      const names = cases.map(({ name }) => name);
      expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    }
    expect(requests.length + responses.length).toBeGreaterThanOrEqual(160);
  });

  it('is read by the codec as by a naive reader and by node', async () => {
    const codec = createCodecTarget();
    for (const { name, send } of requests) expect([name, await codec.judge([send])]).toEqual([name, null]);
    for (const { name, answer } of responses)
      expect([name, await codec.judge([answer.join('')])]).toEqual([name, null]);
  });
});

it('keeps what the upstream got of a bad chunked body from ever looking complete', () => {
  const rig = createRig([toPort(9000)]);
  rig.upstream(9000, () => {});
  const client = rig.client(chunked('5\r\nhello\r\n'));
  client.send('zz\r\n');
  rig.world.run();
  expect(client.received).toMatch(/^HTTP\/1\.1 400/);
  expect(rig.peers[0]!.isLost).toBe(true);
});

it('a stripped prefix cannot carry a line end', () => {
  const rig = createRig([{ ...toPort(9000), prefix: '/a\r\nX-Evil: 1', route: { stripPath: true } }]);
  rig.upstream(9000, (peer) => peer.send(okResponse));
  rig.client(request('', '/a%0d%0aX-Evil:%201/b'));
  const sent = rig.peers.map((peer) => peer.received).join('');
  expect(sent).toContain('X-Forwarded-Prefix: /a%0D%0AX-Evil:%201\r\n');
  expect(sent).not.toMatch(/\nX-Evil/);
});
