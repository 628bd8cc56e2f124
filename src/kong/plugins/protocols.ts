// Which protocols plugins may be limited to.

export const httpProtocols: readonly string[] = ['grpc', 'grpcs', 'http', 'https'];

export const allProtocols: readonly string[] = [
  'grpc',
  'grpcs',
  'http',
  'https',
  'tcp',
  'tls',
  'tls_passthrough',
  'udp',
];
