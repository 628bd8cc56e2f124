// --client-ca and what goes with it: whose certificates are asked for, of whom, and what is no such thing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientCertificatesOf } from '../../../src/cli/client-certificate-options.ts';
import { parseCommandLine } from '../../../src/cli/parse.ts';
import { command } from '../../../src/cli/proxy.ts';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-client-ca-'));
afterAll(() => rmSync(directory, { recursive: true }));

beforeAll(async () => {
  const [one, two] = await Promise.all([
    createCertificateAuthority('one'),
    createCertificateAuthority('two'),
  ]);
  const leaf = await issueCertificate(one, { commonName: 'leaf' });
  const files = {
    'one.pem': one.cert,
    'both.pem': `# two authorities\n${one.cert}\n${two.cert}`,
    'leaf.pem': leaf.cert,
    'key.pem': leaf.key,
    'broken.pem': one.cert.replace(/MII\w/, 'AAAA'),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
});

const in_ = (text: string): string => text.replace('@', `${directory}/`);

function read(argv: readonly string[]) {
  const input = parseCommandLine(command, argv.map(in_));
  if (input === 'help') throw new Error('not asked for');
  return clientCertificatesOf(input).clientCertificates;
}

type Expected = readonly (readonly [name: string, verify: string, authorities: number, depth: number])[];

test.each<[string, readonly string[], Expected | RegExp]>([
  ['nobody', [], []],
  ['everybody', ['--client-ca', '@one.pem'], [['', 'on', 1, 1]]],
  [
    'some',
    ['--client-ca', 'A.example=@both.pem', '--client-ca=*.b.example=@one.pem'],
    [
      ['a.example', 'on', 2, 1],
      ['*.b.example', 'on', 1, 1],
    ],
  ],
  [
    'who may have none',
    ['--client-ca', '@one.pem', '--client-verify', 'optional', '--client-verify-depth', '3'],
    [['', 'optional', 1, 3]],
  ],
  ['a mode alone', ['--client-verify', 'on'], /--client-verify needs --client-ca/],
  ['a depth alone', ['--client-verify-depth', '2'], /--client-verify-depth needs --client-ca/],
  ['no mode', ['--client-ca', '@one.pem', '--client-verify', 'off'], /not 'off'/],
  ['no depth', ['--client-ca', '@one.pem', '--client-verify-depth', '65'], /not '65'/],
  ['no name', ['--client-ca', 'a.*=@one.pem'], /'a\.\*' is no server name/],
  ['twice', ['--client-ca', '@one.pem', '--client-ca', '@both.pem'], /is given twice/],
  ['no file', ['--client-ca', '@nowhere.pem'], /nowhere\.pem/],
  ['no certificate', ['--client-ca', '@key.pem'], /has no PEM certificate/],
  ['no authority', ['--client-ca', '@leaf.pem'], /certificate 1 of .*leaf\.pem is not an authority's/],
  ['broken', ['--client-ca', '@broken.pem'], /certificate 1 of .*broken\.pem cannot be read/],
])('%s', (_title, argv, expected) => {
  if (expected instanceof RegExp) expect(() => read(argv)).toThrow(expected);
  else
    expect(
      (read(argv) ?? []).map(({ name, verify, trust }) => [
        name,
        verify,
        trust.certificateAuthorities.length,
        trust.verifyDepth,
      ]),
    ).toEqual(expected);
});
