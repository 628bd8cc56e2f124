// Reviews: who am I, may I, may somebody else. There is one user and no rules, so whoever has got in may do everything.
import type { HttpReply, HttpRequest } from '../../../src/ports/http.ts';
import { failures } from '../failure.ts';
import { isRecord, textAt } from '../json.ts';
import { readObject } from './request.ts';
import { sendFailure, sendJson } from './respond.ts';
import { sameToken } from './token.ts';
import { userOf } from './user.ts';

export interface ReviewKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const authorization = { group: 'authorization.k8s.io', version: 'v1', namespaced: false };
const authentication = { group: 'authentication.k8s.io', version: 'v1', namespaced: false };

export const reviewKinds: readonly ReviewKind[] = [
  { ...authorization, plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' },
  { ...authorization, plural: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview' },
  { ...authorization, plural: 'subjectaccessreviews', kind: 'SubjectAccessReview' },
  {
    ...authorization,
    plural: 'localsubjectaccessreviews',
    kind: 'LocalSubjectAccessReview',
    namespaced: true,
  },
  { ...authentication, plural: 'selfsubjectreviews', kind: 'SelfSubjectReview' },
  { ...authentication, plural: 'tokenreviews', kind: 'TokenReview' },
];

const allowed = { allowed: true, reason: 'everything is allowed in this cluster' };

const everyRule = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
};

function statusOf(
  kind: string,
  spec: unknown,
  token: string | null,
  headers: HttpRequest['headers'],
): Record<string, unknown> {
  if (kind === 'SelfSubjectReview') return { userInfo: userOf(headers) };
  if (kind === 'SelfSubjectRulesReview') return everyRule;
  if (kind !== 'TokenReview') return allowed;
  const isKnown = token !== null && sameToken(textAt(spec, 'token'), token);
  return isKnown
    ? { authenticated: true, user: userOf({}) }
    : { authenticated: false, error: 'unknown token' };
}

/** False: not the address of a review. */
export function serveReview(
  request: HttpRequest,
  reply: HttpReply,
  path: string,
  token: string | null,
): boolean {
  const match = /^\/apis\/([^/]+)\/([^/]+)\/(?:namespaces\/[^/]+\/)?([^/]+)$/.exec(path);
  if (match === null) return false;
  const [, group, version, plural] = match;
  const found = reviewKinds.find(
    (one) => one.group === group && one.version === version && one.plural === plural,
  );
  if (found === undefined) return false;
  if (request.method !== 'POST') {
    sendFailure(reply, failures.methodNotAllowed(found));
    return true;
  }
  const body = readObject(request);
  if (!body.ok) {
    sendFailure(reply, body.error);
    return true;
  }
  const { spec, metadata } = body.value;
  sendJson(reply, 201, {
    kind: found.kind,
    apiVersion: `${found.group}/${found.version}`,
    metadata: isRecord(metadata) ? metadata : {},
    ...(spec === undefined ? {} : { spec }),
    status: statusOf(found.kind, spec, token, request.headers),
  });
  return true;
}
