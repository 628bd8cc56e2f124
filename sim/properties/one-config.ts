// P28: one request, one config.
import type { RequestRecord } from '../evidence/evidence.ts';
import type { ExpectedBackend } from '../reference/endpoints.ts';
import type { Resolution } from '../reference/routing.ts';
import { isAborted, isFromPod, nameOf } from './answers.ts';
import { type Outlook, outlookOf, type Term } from './outlook.ts';
import type { Property, Violation } from './property.ts';

/** Header names that a plugin's answers carry, to the kind of the plugin. */
const marks: readonly (readonly [header: string, plugin: string])[] = [
  ['x-ratelimit-limit-minute', 'rate-limiting'],
  ['access-control-allow-origin', 'cors'],
];

function sameService(own: ExpectedBackend | null | undefined, backend: ExpectedBackend): ExpectedBackend {
  const isSame =
    own?.namespace === backend.namespace &&
    own.service === backend.service &&
    own.written === backend.written;
  return isSame ? own : backend;
}

/** Whether pods, headers and plugins of a request are all as one config has them. */
function explains(
  outlook: Outlook,
  request: RequestRecord,
  { status, backend, added, plugins }: Resolution,
  terms: readonly Term[],
): boolean {
  if (status !== 0 || backend === null) return false;
  return (
    outlook.receipts(request.nonce).every(({ address, port, headers }) => {
      // Endpoints are looked up when they are needed: whichever config is newest then has them, as it names the Service's port.
      const isEndpoint = terms.some((term) =>
        outlook
          .endpointsIn(term, sameService(outlook.resolveIn(term, request)?.backend, backend))
          .some((each) => each.address === address && each.port === port),
      );
      const isTransformed = added.every((header) => {
        const colon = header.indexOf(':');
        return headers[header.slice(0, colon).toLowerCase()] === header.slice(colon + 1);
      });
      const isUnmarked = added.length > 0 || headers['x-transformed'] === undefined;
      return isEndpoint && isTransformed && isUnmarked;
    }) && marks.every(([header, plugin]) => request.headers[header] === undefined || plugins.includes(plugin))
  );
}

export const oneConfig: Property = {
  id: 'P28',
  name: 'a request is handled under one config',
  promise:
    'While the configuration changes, a request gets route, plugins and service all of the old one or all of the new one.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of evidence.requests) {
      if (!isFromPod(request) || isAborted(request) || outlook.receipts(request.nonce).length === 0) continue;
      const terms = outlook.termsDuring(outlook.workerOf(request), request.sentUs, request.doneUs);
      const resolutions = terms.map((term) => outlook.resolveIn(term, request));
      if (resolutions.length === 0 || resolutions.includes(null)) continue;
      premises++;
      if (resolutions.some((resolution) => explains(outlook, request, resolution!, terms))) continue;
      violations.push({
        atUs: request.doneUs,
        message: `${nameOf(request)} was handled as no single config of its time says: ${terms.map(({ configId }) => configId).join(', ')}`,
        witnesses: [request.nonce, request.gateway],
      });
    }
    return { premises, violations };
  },
};
