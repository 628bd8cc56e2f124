// What clients send, in one line: a method and a URL.
import { type Shape, word } from './shape.ts';

export interface RequestLine {
  readonly method: string;
  readonly host: string;
  /** With its query. */
  readonly path: string;
  readonly tls: boolean;
  readonly websocket: boolean;
}

const pattern = '^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) (http|https|ws|wss)://([a-z0-9.*-]+)(/\\S*)?$';

function parseRequestLine(text: string): RequestLine | null {
  const match = new RegExp(pattern).exec(text);
  if (match === null) return null;
  const [, method, scheme, host, path = '/'] = match;
  return {
    method: method!,
    host: host!,
    path,
    tls: scheme === 'https' || scheme === 'wss',
    websocket: scheme === 'ws' || scheme === 'wss',
  };
}

export const requestLine: Shape<RequestLine> = word(
  'a request such as GET http://shop.example/cart',
  { type: 'string', pattern },
  (value) => {
    const line = parseRequestLine(String(value));
    return line === null
      ? `'${String(value)}' is not a request such as GET http://shop.example/cart`
      : { value: line };
  },
);
