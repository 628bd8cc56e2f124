// P20: what is not needed any more is closed.
import type { DialRecord, Evidence, RequestRecord } from '../evidence/evidence.ts';
import { isWhole } from './answers.ts';
import { isHarmed, recoverTrafficUs } from './excuses.ts';
import { type Outlook, outlookOf, type Term } from './outlook.ts';
import type { Property, Violation } from './property.ts';
import { addressesTold } from './reading/names.ts';

/** From the last need of a connection to its end. */
const closingUs = 500_000;
/** How long a gateway waits for one side to close when the other has. */
const lingerUs = 6_000_000;
/** Ports of a gateway at which clients call. */
const servedPorts = /:(?:8000|8443)$/;

type Targets = (term: Term) => ReadonlySet<string>;

function createTargets(): Targets {
  const known: Map<unknown, ReadonlySet<string>> = new Map();
  return ({ config }) => {
    const found = known.get(config);
    if (found !== undefined) return found;
    const targets = new Set(
      [...(config?.config.entities.targets.values() ?? [])].map(({ target }) => target),
    );
    known.set(config, targets);
    return targets;
  };
}

/** A tunnel whose client has left waits for the FIN of its pod, which one that has vanished cannot send: Kong's read_timeout. */
const tunnelIdleUs = 60_000_000;

/** When a gateway may be done with it: a client that leaves may only have nothing more to say. */
function endUsOf(request: RequestRecord): number {
  if (request.kind === 'websocket') return request.doneUs + tunnelIdleUs;
  return request.doneUs + (isWhole(request) ? 0 : lingerUs);
}

/** When nobody needed the connection any more, its target being gone; null: it is needed, or nothing is known of it. */
function unneededUs(outlook: Outlook, targets: Targets, dial: DialRecord): number | null {
  const target = `${dial.address}:${dial.port}`;
  const later = outlook.terms.filter(({ host, toUs }) => host === dial.host && toUs > dial.atUs);
  const without = later.findIndex((term) => !targets(term).has(target));
  const term = later[without];
  if (term === undefined || term.life !== later[0]!.life) return null;
  const receipts = outlook.receiptsOn(dial);
  if (receipts.length === 0) return null;
  const requests = receipts.map(({ nonce }) => outlook.request(nonce));
  if (requests.some((request) => request === null || request.doneUs === -1)) return null;
  const ends = requests.map((request) => endUsOf(request!));
  const us = Math.max(term.fromUs, ...ends);
  // It may come back, and then the connection is as good as before; and its worker may end.
  const isBack = later
    .slice(without)
    .some((each) => each.fromUs <= us + closingUs && targets(each).has(target));
  const endsUs = later.findLast(({ life }) => life === term.life)!.toUs;
  return isBack || endsUs <= us + closingUs ? null : us;
}

/** A request that no pod has taken yet may have the connection. */
function mayBeHeld(evidence: Evidence, outlook: Outlook, { host }: DialRecord, us: number): boolean {
  return (
    outlook.hasStrangers(host, us) ||
    evidence.requests.some(
      (request) =>
        request.sentUs <= us + closingUs &&
        (request.doneUs === -1 || request.doneUs >= us) &&
        outlook.receipts(request.nonce).length === 0 &&
        outlook.workerOf(request) === host,
    )
  );
}

function openAtClients(evidence: Evidence): number {
  const clients = evidence.remains.filter(({ host }) => !host.startsWith('gateway-'));
  return clients.flatMap(({ opened }) => opened.filter((to) => servedPorts.test(to))).length;
}

/** After the last request: a gateway waits so long for the FIN of a client, and then some. */
const quietUs = 10_000_000;

/** Connections of clients that are gone; only where every client could say that it goes, and had the time. */
function leakedClients(evidence: Evidence, endUs: number): readonly Violation[] {
  const lastUs = Math.max(0, ...evidence.requests.map(({ doneUs }) => (doneUs === -1 ? endUs : doneUs)));
  if (lastUs + quietUs > endUs || isHarmed(evidence, ['traffic'], 0, endUs)) return [];
  const workers = evidence.remains.filter(({ host }) => host.startsWith('gateway-'));
  const accepted = workers
    .filter(({ host }) => host.includes('/'))
    .reduce((sum, worker) => sum + worker.accepted, 0);
  const open = openAtClients(evidence);
  // Words about the end of a connection may still be on their way, and a gateway waits for those of a client that it left.
  const closing = evidence.requests.filter(({ doneUs }) => doneUs > endUs - lingerUs).length;
  if (accepted <= open + closing) return [];
  return [
    {
      atUs: endUs,
      message: `the gateways have ${accepted} connections of clients, the clients have ${open}`,
      witnesses: workers.map(({ host }) => host),
    },
  ];
}

export const nothingLeft: Property = {
  id: 'P20',
  name: 'nothing stays open that nobody needs',
  promise:
    'A gateway closes its connections to a pod that has left once they are not in use, and those of clients that have gone.',
  type: 'resource',
  judge(evidence, { endUs }) {
    const outlook = outlookOf(evidence);
    const targets = createTargets();
    const named = addressesTold(evidence);
    let premises = 0;
    const violations = [...leakedClients(evidence, endUs)];
    for (const dial of evidence.dials) {
      const [gateway] = dial.host.split('/');
      // Configs do not say how long an address behind a name is needed.
      if (named.has(`${gateway} ${dial.address}`)) continue;
      const us = dial.host.includes('/') ? unneededUs(outlook, targets, dial) : null;
      if (us === null || us + closingUs > endUs || mayBeHeld(evidence, outlook, dial, us)) continue;
      if (isHarmed(evidence, ['traffic', 'push'], us, us + closingUs, recoverTrafficUs)) continue;
      premises++;
      if (dial.goneUs !== -1 && dial.goneUs <= us + closingUs) continue;
      violations.push({
        atUs: us + closingUs,
        message: `${dial.host} keeps a connection to ${dial.address}:${dial.port} open, which is no target since and not in use since ${us} us`,
        witnesses: [dial.host],
      });
    }
    return { premises, violations };
  },
};
