// The codec against a naive reader at any segmentation, and against node's own parser wherever both accept a request.
import { requestDifference, responseDifference } from '../property/http/agreement.ts';
import { readRequest } from '../property/http/naive/request.ts';
import { createNodeReader, type NodeReader, nodeDifference } from '../property/http/node-reading.ts';
import { makeRequest, makeResponse } from './messages.ts';
import { createDraws, type Input, type Target } from './target.ts';

/** Where a text is cut: any three places, the same ones each time. */
function cutsOf(text: string): readonly number[] {
  const draws = createDraws(text.length, text.slice(0, 64), 0);
  return Array.from({ length: 3 }, () => draws.below(text.length + 1));
}

export async function judgeMessage(node: NodeReader, text: string): Promise<string | null> {
  const cuts = cutsOf(text);
  // Whatever starts like a response is read as one.
  if (text.startsWith('HTTP/')) return responseDifference(text, cuts);
  const found = requestDifference(text, cuts);
  if (found !== null) return found;
  const naive = readRequest(text);
  if (typeof naive === 'string') return null;
  return (await nodeDifference(node, text.slice(0, naive.length), naive)).difference;
}

export function createCodecTarget(): Target {
  const node = createNodeReader();
  return {
    name: 'codec',
    isText: true,
    make: (draws): Input => (draws.below(4) === 0 ? makeResponse(draws) : makeRequest(draws)),
    judge: (input) => judgeMessage(node, input.join('')),
    close: () => {},
  };
}
