// Receipts in the log of a pod: what is read is what was told, half a line is none, and a reader who comes back misses nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readReceiptLine, receiptLine } from '../../../sim/pod/receipt-lines.ts';

const identity = { pod: 'shop-1', namespace: 'default', service: 'shop', node: 'n', uid: 'u' };
const taker = { identity, address: '10.0.0.1', startMs: 5, timeMs: 1_000, nowUs: 900 };

test('a line is read as it was told', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(599), (nonce, path, status) => {
      const request = { method: 'GET', path, headers: { 'x-nonce': nonce }, bodyHash: 'h', bodyBytes: 0 };
      const taken = { request: request as never, status, port: 8080, connectedUs: 400, originPort: 7 };
      const line = receiptLine(3, taken, taker);
      expect(line).not.toContain('\n');
      expect(readReceiptLine(line)).toEqual({
        receipt: 3,
        nonce,
        pod: 'default/shop-1',
        uid: 'u',
        address: '10.0.0.1',
        port: 8080,
        method: 'GET',
        path,
        bodyHash: 'h',
        headers: { 'x-nonce': nonce },
        status,
        originPort: 7,
        startMs: 5,
        timeMs: 1_000,
        openUs: 500,
      });
      expect(readReceiptLine(line.slice(0, -2))).toBeNull();
    }),
  );
});

test.each(['', 'listening on 10.0.0.1', '{"receipt":', '{"other":1}'])('%j is none', (line) => {
  expect(readReceiptLine(line)).toBeNull();
});
