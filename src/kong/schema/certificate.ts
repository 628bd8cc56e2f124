// Schemas of certificates, server names and CA certificates.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { sha256Hex } from '../../base/hash.ts';
import { isReference } from '../vault-reference.ts';
import type { EntitySchema, Filled, Report } from './field.ts';
import * as messages from './messages.ts';
import { commonFields } from './shared-fields.ts';
import { checkWildcardServerName } from './text.ts';

/** Verdicts by the hash of the texts that they are about: configs bring the same ones again and again. */
const verdicts: Map<string, boolean> = new Map();
const verdictsMax = 10_000;

function isSound(texts: readonly string[], judge: () => boolean): boolean {
  const about = sha256Hex(texts.join('\0'));
  let verdict = verdicts.get(about);
  if (verdict === undefined) {
    verdict = judge();
    if (verdicts.size >= verdictsMax) verdicts.clear();
    verdicts.set(about, verdict);
  }
  return verdict;
}

function parseCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function checkCertificate(pem: string): string | null {
  const isCertificate = isSound(['certificate', pem], () => parseCertificate(pem) !== null);
  return isCertificate ? null : 'invalid certificate: not a PEM X.509 certificate';
}

function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}

function checkKey(pem: string): string | null {
  return isSound(['key', pem], () => isPrivateKey(pem))
    ? null
    : 'invalid key: not a PEM private key without passphrase';
}

function checkPair(
  value: Filled,
  certField: string,
  keyField: string,
  mismatch: string,
  report: Report,
): void {
  const cert = value[certField];
  const key = value[keyField];
  if (typeof cert !== 'string' || typeof key !== 'string') return;
  if (isReference(cert) || isReference(key)) return;
  const fits = (): boolean => parseCertificate(cert)?.checkPrivateKey(createPrivateKey(key)) === true;
  if (!isSound(['pair', cert, key], fits)) report(['@entity'], mismatch);
}

/** Two of one kind cannot be shown side by side: the second would hide the first. */
function checkKinds(value: Filled, report: Report): void {
  const { cert, cert_alt: other } = value;
  if (typeof cert !== 'string' || typeof other !== 'string') return;
  if (isReference(cert) || isReference(other)) return;
  const kindOf = (pem: string) => parseCertificate(pem)?.publicKey.asymmetricKeyType;
  if (!isSound(['kinds', cert, other], () => kindOf(cert) !== kindOf(other)))
    report(
      ['@entity'],
      'certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), the provided certificates were both of the same type',
    );
}

export const certificateSchema: EntitySchema = {
  endpointKey: null,
  unique: [],
  fields: {
    ...commonFields,
    cert: {
      type: 'string',
      referenceable: true,
      required: true,
      check: checkCertificate,
      docs: 'PEM certificate chain.',
    },
    key: { type: 'string', referenceable: true, required: true, check: checkKey, docs: 'PEM private key.' },
    cert_alt: {
      type: 'string',
      referenceable: true,
      check: checkCertificate,
      docs: 'Second chain, with the other key type.',
    },
    key_alt: { type: 'string', referenceable: true, check: checkKey, docs: 'Key of the second chain.' },
  },
  crossCheck(value, report, isRight) {
    const areRight = (...fields: readonly string[]): boolean => fields.every(isRight);
    if (areRight('cert_alt', 'key_alt')) {
      if ((value['cert_alt'] === null) !== (value['key_alt'] === null))
        report(['@entity'], messages.allOrNoneOf(['cert_alt', 'key_alt']));
      checkPair(value, 'cert_alt', 'key_alt', 'alternative certificate does not match key', report);
    }
    if (areRight('cert', 'key')) checkPair(value, 'cert', 'key', 'certificate does not match key', report);
    if (areRight('cert', 'cert_alt')) checkKinds(value, report);
  },
};

export const sniSchema: EntitySchema = {
  endpointKey: 'name',
  unique: ['name'],
  fields: {
    ...commonFields,
    name: {
      type: 'string',
      required: true,
      check: (name) => (name === '*' ? null : checkWildcardServerName(name)),
      docs: "Server name; '*' may stand for the first or last label, or alone for the default.",
    },
    certificate: {
      type: 'foreign',
      reference: 'certificates',
      required: true,
      docs: 'What is shown for it.',
    },
  },
};

export const caCertificateSchema: EntitySchema = {
  endpointKey: null,
  unique: ['cert_digest'],
  fields: {
    ...commonFields,
    cert: { type: 'string', required: true, check: checkCertificate, docs: 'One PEM CA certificate.' },
    cert_digest: { type: 'string', docs: 'SHA-256 of the DER form; made when absent.' },
  },
  crossCheck(value, report, isRight) {
    if (!isRight('cert')) return;
    const pem = value['cert'] as string;
    if (pem.split('-----BEGIN CERTIFICATE-----').length > 2)
      report(['@entity'], 'please submit only one certificate at a time');
    else if (parseCertificate(pem)?.ca !== true)
      report(
        ['@entity'],
        'certificate does not appear to be a CA because it is missing the "CA" basic constraint',
      );
  },
};
