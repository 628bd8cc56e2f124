// Clients that show certificates when they are asked: a believed one, a stranger's, none; and that claim to have shown one.
import { type Fault, pick } from './fault.ts';
import { stepsOf } from './steps.ts';
import { aimAtPath, bringClient, visit, visitsOf } from './visits.ts';

const shown = ['fourth', 'third', ''] as const;

/** Whatever they show, they say this of themselves. */
const claims = { 'X-Client-Cert-Verify': 'SUCCESS', X_Client_Cert_Subject_DN: 'CN=somebody.else' };

export const shownCertificateFaults: readonly Fault[] = [
  {
    id: 'X23',
    name: 'clients-show-certificates',
    summary:
      'Clients show a certificate that is believed, or one that is not, or none, and claim the identity of others.',
    harms: [],
    lastsMsMax: 5_000,
    aim(draw, shape, plan) {
      if (!plan.knobs.clientCertificates) return null;
      const place = aimAtPath(draw, plan);
      if (place === null) return null;
      const traits = { gateway: draw('gateway', shape.gateways), tls: draw('tls', 4) > 0 };
      const figures = { shows: pick(shown, draw('shows', 64)), everyMs: 50 + draw('pace', 400) };
      return { target: '', parameters: { ...place, ...traits, ...figures } };
    },
    begin(stage) {
      const { entry, record } = stage;
      const client = bringClient(stage, { shows: shown.find((name) => name === entry.parameters['shows'])! });
      const request = visit(entry.parameters, { headers: claims });
      const closing = visit(entry.parameters, { headers: { ...claims, Connection: 'close' } });
      const steps = stepsOf(stage);
      steps.every(Number(entry.parameters['everyMs']), (index) =>
        client.send(`${entry.id}.${index}`, index % 2 === 0 ? request : closing),
      );
      return () => {
        steps.stop();
        record.hits += visitsOf(stage).filter(({ doneUs }) => doneUs !== -1).length;
        client.abandon();
      };
    },
  },
];
