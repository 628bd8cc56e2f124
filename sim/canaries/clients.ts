// Defects in who clients are: whom load balancers speak for, and what certificates say.
import type { Canary } from './canary.ts';

const announced = 'src/proxy/server/announced-client.ts';
const connection = 'src/proxy/server/announced-connection.ts';
const certificates = 'src/proxy/exchange/client-certificates.ts';

export const clientCanaries: readonly Canary[] = [
  {
    name: 'anybody-speaks-for-others',
    property: 'P58',
    summary: 'The client that a PROXY protocol header announces is believed whoever sends it.',
    file: announced,
    find: 'header.source !== null && isTrusted(networks, sender)',
    replace: 'header.source !== null',
  },
  {
    name: 'nobody-speaks-for-others',
    property: 'P58',
    summary: 'A PROXY protocol header is read and its client forgotten.',
    file: announced,
    find: 'client: isBelieved ? header.source! : sender',
    replace: 'client: sender',
  },
  {
    name: 'half-a-proxy-header-is-forgotten',
    property: 'P09',
    summary: 'Of a PROXY protocol header in two pieces only the second is looked at.',
    file: connection,
    find: 'this.header = Buffer.concat([this.header, bytes]);',
    replace: 'this.header = bytes;',
  },
  {
    name: 'bytes-behind-a-proxy-header-are-lost',
    property: 'P17',
    summary: 'What comes in one piece with a PROXY protocol header is thrown away.',
    file: connection,
    find: '    if (reading.length < header.length) inner.onData(header, reading.length, header.length);\n',
    replace: '',
  },
  {
    name: 'whoever-has-signed-it',
    property: 'P59',
    summary: 'A certificate of an unknown authority lets a client in everywhere.',
    file: certificates,
    find: "rule.verify === 'optional_no_ca' && unknownAuthority.has(problem)",
    replace: 'unknownAuthority.has(problem)',
  },
  {
    name: 'certificates-by-hearsay',
    property: 'P59',
    summary: 'What a client says of its certificate is passed on.',
    file: certificates,
    find: "if (ownedNames.has(name.toLowerCase().replaceAll('_', '-'))) edits.removeHeader(name);",
    replace: 'edits.removeHeader(`-${name}`);',
  },
];
