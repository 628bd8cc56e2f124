// Two defects that everybody has had.
import type { Canary } from './canary.ts';

export const exampleCanaries: readonly Canary[] = [
  {
    name: 'retry-of-post',
    property: 'P12',
    summary: 'A POST that may have been carried out is sent again.',
    file: 'src/proxy/exchange/forward.ts',
    find: 'return !this.isSent || this.isIdempotent();',
    replace: 'return true;',
  },
  {
    name: 'ready-before-sync',
    property: 'P26',
    summary: 'The controller translates and pushes before it has read every kind.',
    file: 'src/control/control.ts',
    find: 'const round = (): void => {\n    if (!follow.synced()) return;',
    replace: 'const round = (): void => {',
  },
];
