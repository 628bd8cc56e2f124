// Load balancers that say oddly, or not at all, for whom they speak: late, in pieces, twice, without end, or something else.
import { announcementManners } from '../clients/announcement.ts';
import { type Fault, pick } from './fault.ts';
import { stepsOf } from './steps.ts';
import { aimAtPath, bringClient, visit, visitsOf } from './visits.ts';

const odd = announcementManners.filter((manner) => manner !== 'proper' && manner !== 'glued');

export const announcementFaults: readonly Fault[] = [
  {
    id: 'X22',
    name: 'odd-proxy-headers',
    summary:
      'Load balancers send their PROXY protocol header late, in pieces, twice, without an end, not at all, or garbage instead.',
    harms: [],
    lastsMsMax: 5_000,
    aim(draw, shape, plan) {
      if (!plan.knobs.proxyProtocol) return null;
      const place = aimAtPath(draw, plan);
      if (place === null) return null;
      const traits = { gateway: draw('gateway', shape.gateways), tls: draw('tls', 3) === 0 };
      const figures = { manner: pick(odd, draw('manner', 64)), everyMs: 50 + draw('pace', 400) };
      return { target: '', parameters: { ...place, ...traits, ...figures } };
    },
    begin(stage) {
      const { entry, record } = stage;
      const manner = odd.find((name) => name === entry.parameters['manner'])!;
      const client = bringClient(stage, { announces: manner });
      const request = visit(entry.parameters, { headers: { Connection: 'close' } });
      const steps = stepsOf(stage);
      steps.every(Number(entry.parameters['everyMs']), (index) =>
        client.send(`${entry.id}.${index}`, request),
      );
      return () => {
        steps.stop();
        record.hits += visitsOf(stage).filter(({ doneUs }) => doneUs !== -1).length;
        client.abandon();
      };
    },
  },
];
