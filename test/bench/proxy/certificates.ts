// Certificates for the benches, signed by themselves: one with an EC P-256 key, one with an RSA 2048 key.
import '../../../src/io/reflect-metadata.ts';
import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import * as x509 from '@peculiar/x509';
import { ecdsaName, hosts, rsaName } from './routes.ts';

const dayMs = 86_400_000;

export interface Certificate {
  readonly serverNames: readonly string[];
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /** Files of both, and of the two in one as HAProxy wants them. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly bothFile: string;
}

export interface Certificates {
  readonly ecdsa: Certificate;
  readonly rsa: Certificate;
}

const algorithms = {
  ecdsa: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const;

async function createCertificate(
  kind: keyof typeof algorithms,
  serverNames: readonly string[],
  folder: string,
): Promise<Certificate> {
  const signingAlgorithm = algorithms[kind];
  const usages: readonly ('sign' | 'verify')[] = ['sign', 'verify'];
  const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, [...usages]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: `CN=${serverNames[0]}`,
      notBefore: new Date(Date.now() - dayMs),
      notAfter: new Date(Date.now() + dayMs),
      signingAlgorithm,
      keys,
      extensions: [
        new x509.SubjectAlternativeNameExtension(
          serverNames.map((value) => ({ type: 'dns' as const, value })),
        ),
      ],
    },
    webcrypto as Crypto,
  );
  const cert = `${certificate.toString('pem')}\n`;
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${bytes.match(/.{1,64}/g)!.join('\n')}\n-----END PRIVATE KEY-----\n`;
  const [certFile, keyFile, bothFile] = ['crt', 'key', 'pem'].map((end) => `${folder}/${kind}.${end}`);
  writeFileSync(certFile!, cert);
  writeFileSync(keyFile!, key);
  writeFileSync(bothFile!, cert + key);
  return { serverNames, cert, key, certFile: certFile!, keyFile: keyFile!, bothFile: bothFile! };
}

export async function createCertificates(folder: string): Promise<Certificates> {
  return {
    ecdsa: await createCertificate('ecdsa', [ecdsaName, ...hosts], folder),
    rsa: await createCertificate('rsa', [rsaName], folder),
  };
}
