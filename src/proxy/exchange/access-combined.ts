// The access log in the combined format, with Kong's request id behind it.
import type { ByteRange } from '../http/byte-range.ts';
import { logDate } from '../http/date.ts';
import type { AccessRecord } from './access-record.ts';
import { constants, type LogLines } from './log-lines.ts';

const text = constants({
  user: ' - ',
  time: ' [',
  request: '] "',
  space: ' ',
  version: ' HTTP/',
  status: '" ',
  referer: ' "',
  userAgent: '" "',
  requestId: '" kong_request_id: "',
  reason: '" reason: "',
  end: '"\n',
  none: '-',
});

/** Lines of one second share their time. */
let dateSecond = -1;
let dateText = Buffer.alloc(0);

function logDateOf(wallMs: number): Buffer {
  const second = Math.floor(wallMs / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = Buffer.from(logDate(wallMs), 'latin1');
  }
  return dateText;
}

function writeDashed(lines: LogLines, value: ByteRange): void {
  if (value.isEmpty) lines.constant(text.none);
  else lines.escaped(value);
}

export function writeCombinedLine(lines: LogLines, record: AccessRecord): void {
  const { consumer, exitReason } = record;
  lines.constant(record.clientAddress);
  lines.constant(text.user);
  if (consumer === null) lines.constant(text.none);
  else lines.escapedText(consumer.username ?? consumer.customId ?? '-');
  lines.constant(text.time);
  lines.constant(logDateOf(record.wallMs));
  lines.constant(text.request);
  lines.plain(record.method);
  lines.constant(text.space);
  lines.escaped(record.target);
  lines.constant(text.version);
  lines.plain(record.httpVersion);
  lines.constant(text.status);
  lines.number(record.status);
  lines.constant(text.space);
  lines.number(record.responseBytes - record.responseHeadBytes);
  lines.constant(text.referer);
  writeDashed(lines, record.referer);
  lines.constant(text.userAgent);
  writeDashed(lines, record.userAgent);
  lines.constant(text.requestId);
  lines.constant(record.requestId);
  if (exitReason !== '') {
    lines.constant(text.reason);
    lines.plain(exitReason);
  }
  lines.constant(text.end);
}
