// Clients: what they send, how often, over how many connections, and with which manners.
import { requestLine } from './request-line.ts';
import {
  choice,
  flag,
  mapping,
  record,
  required,
  some,
  type TypeOf,
  text,
  whole,
  withDefault,
} from './shape.ts';
import { duration, rate, size } from './units.ts';

export const headerName = text('a header', /^[A-Za-z][A-Za-z0-9-]*$/);

export const clientShape = record('clients of one kind', {
  send: required(some(requestLine), 'requests, taken in turn'),
  rate: required(rate, 'requests of all these clients together'),
  connections: withDefault(
    whole(1, 1_000),
    4,
    'connections that they keep, spread over the proxies that are ready; more where answers are slow',
  ),
  from: withDefault(
    choice(['ready', 'start', 'step']),
    'ready',
    'when they begin: when the world is ready, at the start of time, or at a step `start`',
  ),
  body: withDefault(size, 0, 'of each POST, PUT or PATCH'),
  answer: withDefault(size, 0, 'how much pods answer at least'),
  headers: withDefault(
    mapping(headerName, text('its value')),
    [],
    'further headers, such as `apikey: key-of-shop`',
  ),
  'sends-in': withDefault(duration, 0, 'time over which each request is sent, byte by byte'),
  reads: withDefault(size, 0, 'bytes a second that they take of answers at most; 0: all at once'),
  'leaves-after': withDefault(duration, 0, 'they go away so long after sending; 0: never'),
  hold: withDefault(duration, 10_000, 'how long they hold a WebSocket, with a message a second'),
  pipelines: withDefault(flag, false, 'they send without waiting for answers'),
});

export type ClientSpec = TypeOf<typeof clientShape>;
export const clientName = text('a name of clients', /^[a-z][a-z0-9-]*[a-z]$/);
