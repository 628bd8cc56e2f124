// P20: what is not needed any more is closed.
import type { Evidence } from '../evidence/evidence.ts';
import { isHarmed } from './excuses.ts';
import { outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';

/** Pooled connections to what is no target of the config in force. */
function leakedPools(evidence: Evidence, host: string, opened: readonly string[]): readonly string[] {
  const term = outlookOf(evidence).terms.findLast((each) => each.host === host);
  const targets = new Set(
    [...(term?.config?.config.entities.targets.values() ?? [])].map(({ target }) => target),
  );
  return opened.filter((target) => !targets.has(target));
}

/** Ports of a gateway at which clients call. */
const servedPorts = /:(?:8000|8443)$/;

function openAtClients(evidence: Evidence): number {
  const clients = evidence.remains.filter(({ host }) => !host.startsWith('gateway-'));
  return clients.flatMap(({ opened }) => opened.filter((to) => servedPorts.test(to))).length;
}

export const nothingLeft: Property = {
  id: 'P20',
  name: 'nothing stays open that nobody needs',
  promise:
    'When everything is quiet a gateway has no connection to a pod that is gone, and none of a client that has left.',
  type: 'resource',
  judge(evidence, { endUs }) {
    const violations: Violation[] = [];
    const workers = evidence.remains.filter(({ host }) => host.startsWith('gateway-') && host.includes('/'));
    let accepted = 0;
    for (const { host, opened, accepted: own } of workers) {
      accepted += own;
      const leaked = leakedPools(evidence, host, opened);
      if (leaked.length > 0)
        violations.push({
          atUs: endUs,
          message: `${host} still has a connection to ${leaked.join(' and ')}, no target of its config`,
          witnesses: [host],
        });
    }
    // A client that lost its power or its network has not said that it is gone.
    const isCertain = !isHarmed(evidence, ['traffic'], 0, endUs);
    const open = openAtClients(evidence);
    if (isCertain && accepted > open)
      violations.push({
        atUs: endUs,
        message: `the gateways have ${accepted} connections of clients, the clients have ${open}`,
        witnesses: workers.map(({ host }) => host),
      });
    return { premises: workers.length, violations };
  },
};
