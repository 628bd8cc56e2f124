// Runs one bad input beside the good objects through the offline translation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../../src/cli/exit-codes.ts';
import { parseManifests } from '../../../src/cli/manifests.ts';
import { translateManifests } from '../../../src/cli/translate.ts';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';

export interface CaseResult {
  /** Exit 65 with this message, or what was reported and noted. */
  readonly lines: readonly string[];
  /** The good objects' entities; null when nothing was translated. */
  readonly good: readonly unknown[] | null;
}

const goodText = readFileSync(join(import.meta.dirname, 'good.yaml'), 'utf8');

function goodEntities(document: Record<string, unknown>): readonly unknown[] {
  return Object.values(document)
    .filter((value) => Array.isArray(value))
    .flat()
    .filter((entity: { tags?: string[] | null }) =>
      (entity.tags ?? []).some((tag) => tag === 'k8s-name:good' || tag === 'k8s-name:good-key'),
    );
}

export function translateGood(): readonly unknown[] {
  return goodEntities(translateManifests(parseManifests(goodText, 'good.yaml'), 'kong').document);
}

/** Puts in what is too long, or different in every run, to be written down. */
export async function createFiller(): Promise<(yaml: string) => string> {
  const authority = await createCertificateAuthority();
  const request = { commonName: 'bad.example', dnsNames: ['bad.example'] };
  const first = await issueCertificate(authority, request);
  const second = await issueCertificate(authority, request);
  const quoted = (pem: string): string => JSON.stringify(pem).slice(1, -1);
  return (yaml) =>
    yaml
      .replaceAll('@MEGABYTE@', 'x'.repeat(1_048_576))
      .replaceAll('@CERT@', quoted(first.cert))
      .replaceAll('@OTHERKEY@', quoted(second.key));
}

export function runCase(yaml: string): CaseResult {
  try {
    const manifests = [...parseManifests(goodText, 'good.yaml'), ...parseManifests(yaml, 'bad.yaml')];
    const { document, problems, notes } = translateManifests(manifests, 'kong');
    const own = notes.filter((note) => !note.startsWith('there are Services'));
    return { lines: [...own.map((note) => `note: ${note}`), ...problems], good: goodEntities(document) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { lines: [`exit ${error.exitCode}: ${error.message}`], good: null };
  }
}
