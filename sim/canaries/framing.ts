// Defects of the engine: where messages begin and end, whose bytes are whose, and how the two sides of an exchange end.
import type { Canary } from './canary.ts';

const upstream = 'src/proxy/upstream/connection.ts';
const client = 'src/proxy/server/connection.ts';
const relay = 'src/proxy/exchange/relay.ts';
const chunks = 'src/proxy/http/chunk-scanner.ts';

export const framingCanaries: readonly Canary[] = [
  {
    name: 'answers-to-head-have-bodies',
    property: 'P09',
    summary: 'A HEAD is answered by a length, and the body that it names is waited for.',
    file: upstream,
    find: 'if (this.isHeadRequest || head.status === 204 ||',
    replace: 'if (head.status === 204 ||',
  },
  {
    name: 'last-piece-of-a-body-is-not-the-last',
    property: 'P09',
    summary: 'A body whose last piece ends exactly where it should is waited for on.',
    file: 'src/proxy/server/request-body.ts',
    find: 'this.isComplete = end - start >= this.left;',
    replace: 'this.isComplete = end - start > this.left;',
  },
  {
    name: 'chunk-sizes-begin-with-each-piece',
    property: 'P08',
    summary: 'Digits of a chunk size that came in an earlier piece are forgotten.',
    file: chunks,
    find: '    let i = start;\n    while (i < end) {',
    replace:
      '    let i = start;\n    if (this.state === stateSize) this.state = stateSizeFirst;\n    while (i < end) {',
  },
  {
    name: 'last-chunk-without-its-end',
    property: 'P10',
    summary: 'A chunked message ends with the line of its last chunk; the line after it is left over.',
    file: chunks,
    find: '        this.state = this.left === 0 ? stateTrailerStart : stateData;\n        return true;',
    replace: '        this.state = this.left === 0 ? stateFinalLf : stateData;\n        return true;',
  },
  {
    name: 'pipelined-requests-are-lost',
    property: 'P17',
    summary: 'What a client sent before it had its answer is thrown away.',
    file: client,
    find: '      this.take(pending, 0, pending.length, true);',
    replace: '',
  },
  {
    name: 'pipelined-bytes-are-not-copied',
    property: 'P10',
    summary: 'The beginning of the next request is kept in a buffer that others write to.',
    file: client,
    find: '    else this.pending = isOwn ? added : Buffer.from(added);',
    replace: '    else this.pending = added;',
  },
  {
    name: 'half-closed-clients-have-left',
    property: 'P09',
    summary: 'A client that says that it has no more requests gets no answer to those that it sent.',
    file: client,
    find: '      case stateResponse:\n        this.setDeadline();\n        return;\n      case stateBody:',
    replace: '      case stateResponse:\n      case stateBody:',
  },
  {
    name: 'never-goes-on',
    property: 'P17',
    summary: 'An upstream that was stopped for a slow client is not read on when that has caught up.',
    file: relay,
    find: '    this.exchange.forward.upstream?.resume();\n',
    replace: '',
  },
  {
    name: 'a-reset-ends-an-answer',
    property: 'P14',
    summary: 'An answer that lasts until its connection closes is complete also where that was reset.',
    file: upstream,
    find: 'if (error === null && (this.state === stateUntilClose ||',
    replace: 'if ((this.state === stateUntilClose ||',
  },
  {
    name: 'host-of-an-earlier-request',
    property: 'P01',
    summary: 'A host as long as that of the request before is taken for the same.',
    file: 'src/proxy/exchange/request-record.ts',
    find: '      if (i === length) return;',
    replace: '      return;',
  },
  {
    name: 'told-the-host-of-an-earlier-request',
    property: 'P16',
    summary: 'Pods are told the host of the first request of a connection.',
    file: 'src/proxy/exchange/request-head.ts',
    find: 'if (this.tailHost !== this.request.host) this.makeTail();',
    replace: 'if (this.tailHost === null) this.makeTail();',
  },
  {
    name: 'who-takes-long-is-cut',
    property: 'P57',
    summary: 'A client that does not take an answer as fast as it comes loses it.',
    file: relay,
    find: '    this.exchange.takesLonger();\n    this.exchange.forward.upstream?.pause();',
    replace: "    this.exchange.cutResponse('client_stalled');",
  },
  {
    name: 'work-for-clients-that-left',
    property: 'P20',
    summary: 'What was begun for a client that has gone stays open.',
    file: 'src/proxy/exchange/exchange.ts',
    find: '    if (this.status === 0) this.status = 499;\n    this.forward.cancel();',
    replace: '    if (this.status === 0) this.status = 499;',
  },
  {
    name: 'kept-in-the-middle-of-a-body',
    property: 'P09',
    summary:
      'A connection whose pod has answered before it had the whole body takes the next request in its middle.',
    file: upstream,
    find: '!this.mayReuse || !requestIsComplete) {',
    replace: '!this.mayReuse) {',
  },
  {
    name: 'empty-bodies-are-waited-for',
    property: 'P09',
    summary: 'After a request with a body of no bytes the next one is taken for its body.',
    file: 'src/proxy/server/request-body.ts',
    find: '    return this.read(bytes, start, end);',
    replace:
      '    const next = this.read(bytes, start, end);\n    if (head.contentLength === 0) this.isComplete = false;\n    return next;',
  },
];
