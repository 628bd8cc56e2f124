// Certificates that we issue ourselves: a private authority and leaf certificates for loopback services (EC P-256).
// @peculiar/x509 must be loaded after its polyfill, so the first import stays first.
import './reflect-metadata.ts';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

export interface CertificateAuthority {
  /** PEM. */
  readonly cert: string;
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface CertificateRequest {
  readonly commonName: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** Default 365. */
  readonly validDays?: number;
}

export interface IssuedCertificate {
  /** PEM: the leaf only; trust comes from the authority. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

function randomSerial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0]! &= 0x7f;
  return Buffer.from(bytes).toString('hex');
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

function escapeName(commonName: string): string {
  return `CN=${commonName.replaceAll(/[,+"\\<>;=]/g, '\\$&')}`;
}

/** Valid from an hour ago (clocks differ) for ten years. */
export async function createCertificateAuthority(commonName = 'tidegate-ca'): Promise<CertificateAuthority> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomSerial(),
      name: escapeName(commonName),
      notBefore: new Date(Date.now() - dayMs / 24),
      notAfter: new Date(Date.now() + 3650 * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto as Crypto,
  );
  return { cert: `${certificate.toString('pem')}\n`, certificate, keys };
}

/** An authority that another one vouches for. */
export async function issueAuthority(
  above: CertificateAuthority,
  commonName: string,
): Promise<CertificateAuthority> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: randomSerial(),
      subject: escapeName(commonName),
      issuer: above.certificate.subject,
      notBefore: new Date(Date.now() - dayMs / 24),
      notAfter: new Date(Date.now() + 3650 * dayMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: above.keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(above.keys.publicKey),
      ],
    },
    webcrypto as Crypto,
  );
  return { cert: `${certificate.toString('pem')}\n`, certificate, keys };
}

export async function issueCertificate(
  authority: CertificateAuthority,
  request: CertificateRequest,
): Promise<IssuedCertificate> {
  const keys = await generateKeys();
  const names: x509.JsonGeneralNames = [
    ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(request.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: randomSerial(),
      subject: escapeName(request.commonName),
      issuer: authority.certificate.subject,
      notBefore: new Date(Date.now() - dayMs / 24),
      notAfter: new Date(Date.now() + (request.validDays ?? 365) * dayMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: authority.keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
        await x509.AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
      ],
    },
    webcrypto as Crypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${key.match(/.{1,64}/g)!.join('\n')}\n-----END PRIVATE KEY-----\n`,
  };
}
