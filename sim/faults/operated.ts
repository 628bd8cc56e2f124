// Rows of the fault catalogue that an operator's operations cover: no faults of their own, so that there is one mechanism
// for changing objects. How often each was met is counted in the evidence as 'operation NAME'.
import type { Evidence } from '../evidence/evidence.ts';
import type { OperationName } from '../history/generate/operations.ts';

export interface OperatedFault {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly operations: readonly OperationName[];
}

export const operatedFaults: readonly OperatedFault[] = [
  {
    id: 'K04',
    name: 'rolling-updates',
    summary: 'Rolling updates with any surge, rolled over in the middle, rolled back, or paused.',
    operations: [
      'roll-out',
      'roll-out-and-back',
      'roll-out-over',
      'roll-out-paused',
      'roll-out-otherwise',
      'restart-pods',
    ],
  },
  {
    id: 'K05',
    name: 'scaling',
    summary: 'Scaling to nothing and back, and between sizes faster than pods can start.',
    operations: ['scale', 'scale-to-zero', 'scale-quickly'],
  },
  {
    id: 'K10',
    name: 'secrets-change',
    summary: 'Secrets are rotated, deleted and made again, emptied, mismatched, or of the wrong type.',
    operations: [
      'rotate-certificate',
      'break-certificate',
      'empty-certificate',
      'recreate-certificate',
      'wrong-type-certificate',
      'recreate-credential',
    ],
  },
  {
    id: 'K11',
    name: 'services-change',
    summary:
      'Ports are renamed, target ports and selectors change, Services are made again, headless, outside, or publish what is not ready.',
    operations: [
      'recreate-service',
      'rename-port',
      'target-port-number',
      'wrong-target-port',
      'change-selector',
      'headless-service',
      'external-name',
      'publish-not-ready',
    ],
  },
  {
    id: 'K15',
    name: 'ingresses-change',
    summary: 'Ingresses come, go, move, change their class, claim what others have, or are invalid.',
    operations: [
      'move-path',
      'move-host',
      'recreate-ingress',
      'delete-ingress',
      'claim-same-path',
      'backend-elsewhere',
      'certificate-elsewhere',
      'break-path',
      'break-plugin',
      'other-class',
    ],
  },
  {
    id: 'K16',
    name: 'namespace-recreated',
    summary: 'A namespace is deleted with all that is in it, and made again.',
    operations: ['recreate-namespace'],
  },
];

/** Operations that the store took, over all of the row's recipes. */
export function operatedHits({ operations }: OperatedFault, { sometimes }: Evidence): number {
  return operations.reduce((sum, name) => sum + (sometimes.get(`operation ${name}`) ?? 0), 0);
}
