// Whether TLS streams do what the port says: the test of plain ones, run over a handshake with a certificate that protects
// nothing.
import type { Tcp, TlsInfo } from '../ports/tcp.ts';
import type { ClientTrust, Tls, TlsCertificate } from '../ports/tls.ts';
import { testTcp } from './tcp-self-test.ts';

/** Published, so worth nothing: bytes go round on loopback for some milliseconds. */
const certificate: TlsCertificate = {
  id: 'self-test',
  cert: `-----BEGIN CERTIFICATE-----
MIIBZTCCAQygAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlzZWxmLXRl
c3QwIBcNMjYxMTI3MDIxOTIwWhgPMjEyNjExMDMwMjE5MjBaMBQxEjAQBgNVBAMM
CXNlbGYtdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLcOw1C5RTs5u9KL
MIC7k15FeJlStvIMYBcigdGUeIjdmhvx8u6HHtMiYIAVwNv4/0XXhLb4grrPdPJY
pQRt3fejTTBLMB0GA1UdDgQWBBTPHQwuCN1XwAUSdifFlIO7Xbp/MDAfBgNVHSME
GDAWgBTPHQwuCN1XwAUSdifFlIO7Xbp/MDAJBgNVHRMEAjAAMAoGCCqGSM49BAMC
A0cAMEQCIF8YGQcvUybi0G4iNPW+BBLpqnHX6Nz5m63dwAdlHm0cAiBQq5rQJhMI
+J3zS+eICC0oU4M7tjc5+zf+/PxzRDs4oA==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbYyArRIUsefKOdy8
YQOGITPM+CUkKsT0HwCLpYcbXOuhRANCAAS3DsNQuUU7ObvSizCAu5NeRXiZUrby
DGAXIoHRlHiI3Zob8fLuhx7TImCAFcDb+P9F14S2+IK6z3TyWKUEbd33
-----END PRIVATE KEY-----
`,
};

/** `done` is called once, with null or with what went wrong. */
export function testTls(tls: Tls, done: (failure: string | null) => void): void {
  testTcp(overTls(tls, certificate), done);
}

const plainName = 'self.test';
/** Clients of this name are asked for a certificate. */
const askedName = 'asked.self.test';
const trust: ClientTrust = { id: 'self-test', certificateAuthorities: [certificate.cert], verifyDepth: 0 };

function isAsExpected({ serverName, protocol, client }: TlsInfo): boolean {
  if (protocol !== 'http/1.1') return false;
  if (serverName === plainName) return client === undefined;
  return serverName === askedName && client?.certificate === '';
}

/** TLS streams where plain ones are asked for: of clients that are not asked for a certificate, and of some that have none. */
export function overTls(tls: Tls, served: TlsCertificate): Tcp {
  let connected = 0;
  return {
    listen: (options, accept, listened) =>
      tls.listen(
        {
          ...options,
          selectCertificate: () => served,
          askForCertificate: (name) => (name === askedName ? trust : null),
          alpn: ['http/1.1'],
        },
        (connection) => (isAsExpected(connection.tls!) ? accept(connection) : null),
        listened,
      ),
    connect: (host, port, handler) =>
      tls.connect(
        {
          host,
          port,
          serverName: connected++ % 2 === 0 ? plainName : askedName,
          verify: false,
          verifyDepth: 0,
          certificateAuthorities: null,
          clientCertificate: null,
        },
        handler,
      ),
  };
}
