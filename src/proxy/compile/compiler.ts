// From one version of the tables to the next: a change is worked through in small steps between requests, then becomes
// visible at once. What a change does not concern is shared with the version before.
import { compareStrings } from '../../base/order.ts';
import { entityHash } from '../../kong/config.ts';
import type { Delta } from '../../kong/delta.ts';
import type { Certificate, Route } from '../../kong/entity.ts';
import { firstReference } from '../../kong/references.ts';
import { type RouterFlavor, routerFlavorDefault } from '../../kong/router-flavor.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SharedMemory } from '../../ports/shared.ts';
import type { TlsCertificate } from '../../ports/tls.ts';
import type { NameAnswer, NameChange } from '../names/answer.ts';
import type { PluginHandler } from '../plugins/plugin.ts';
import { isStreamRoute } from '../router/entries.ts';
import { createRoutesKeeper, type Routes } from '../router/routes.ts';
import type { EndpointRegistry } from '../upstream/endpoint.ts';
import type { Compiled, CompiledConsumer, CompiledRoute, CompiledService, PluginSlot } from './compiled.ts';
import { applyToModel, type Dirt, markName } from './dirt.ts';
import { createModel } from './model.ts';
import { createPluginShelf, resolveSlots } from './plugin-slots.ts';
import { CompiledTables, emptyParts, type TableParts } from './tables.ts';
import { createUpstreamShelf } from './upstreams.ts';

export interface CompilerDeps {
  readonly env: { readonly clock: Clock };
  readonly endpoints: EndpointRegistry;
  readonly shared: SharedMemory;
  readonly handlers: ReadonlyMap<string, PluginHandler>;
  /** Default: traditional_compatible. */
  readonly routerFlavor?: RouterFlavor;
}

export interface CompileJob {
  /**
   * Works for about `budgetUs` (0: one small step). True: the new tables are current, which they have become at once
   * some steps before, and what they no longer need is gone. After true it does nothing.
   */
  step(budgetUs?: number): boolean;
  /** The tables after the change, once step has returned true. */
  readonly result: Compiled;
}

export interface Compiler {
  /** What requests are served with now. */
  readonly current: Compiled;
  /** One job at a time; `places` are words of shared health for new targets, rows of counters for new routes. */
  begin(delta: Delta, places?: NewPlaces): CompileJob;
}

export interface NewPlaces {
  /** By slotKey. */
  readonly slots: readonly (readonly [key: string, slot: number])[];
  /** By the id of the route. */
  readonly rows: readonly (readonly [id: string, row: number])[];
  /** What names stand for from now on. */
  readonly names?: readonly NameChange[];
}

/** Of routes that have none of their own. */
const commonRow = 0;

interface ServiceNode {
  readonly compiled: CompiledService;
  readonly balancerKey: string;
  readonly problem: string;
}

export function createCompiler(deps: CompilerDeps): Compiler {
  const model = createModel();
  const slotOf = new Map<string, number>();
  const rowOf = new Map<string, number>();
  const answers = new Map<string, NameAnswer>();
  const plugins = createPluginShelf(deps.handlers, { shared: deps.shared });
  const upstreams = createUpstreamShelf({
    model,
    endpoints: deps.endpoints,
    shared: deps.shared,
    clock: deps.env.clock,
    slotOf: (key) => slotOf.get(key) ?? null,
    answerOf: (name) => answers.get(name) ?? null,
  });
  const services = new Map<string, ServiceNode>();
  const flavor = deps.routerFlavor ?? routerFlavorDefault;
  const keeper = createRoutesKeeper(flavor);
  let current = new CompiledTables(emptyParts);
  let isWorking = false;

  function* rebuildService(id: string): Generator<void> {
    const old = services.get(id);
    const service = model.entities.services.get(id);
    services.delete(id);
    if (service !== undefined) {
      const { key, balancer, problem } = yield* upstreams.acquire(service);
      const isHttp = service.protocol === 'http' || service.protocol === 'https';
      const compiled: CompiledService = {
        id,
        name: service.name ?? '',
        protocol: service.protocol === 'https' ? 'https' : 'http',
        host: service.host,
        port: service.port,
        path: service.path,
        retries: service.retries,
        connectTimeoutMs: service.connect_timeout,
        writeTimeoutMs: service.write_timeout,
        readTimeoutMs: service.read_timeout,
        balancer,
      };
      const refusal = isHttp ? problem : `protocol '${service.protocol}' is not supported`;
      services.set(id, { compiled, balancerKey: key, problem: refusal });
    }
    if (old !== undefined) upstreams.release(old.balancerKey);
  }

  /** null: the route is not there for anybody. */
  const compileRoute = (id: string, route: Route): CompiledRoute | null => {
    const service = route.service === null ? null : (services.get(route.service) ?? null);
    if (route.service !== null && model.entities.services.get(route.service)?.enabled === false) return null;
    if (isStreamRoute(route)) return null;
    const { slots, problem } = resolveSlots(model, plugins, id, route.service);
    const isDangling = route.service !== null && service === null;
    const dangling = isDangling ? `service ${route.service} does not exist` : '';
    return {
      id,
      name: route.name ?? '',
      service: service?.compiled ?? null,
      allowsHttp: route.protocols.includes('http') || route.protocols.includes('grpc'),
      allowsHttps: route.protocols.includes('https') || route.protocols.includes('grpcs'),
      httpsRedirectStatus: route.https_redirect_status_code,
      stripPath: route.strip_path,
      pathHandling: flavor === 'traditional' ? route.path_handling : 'v0',
      isGrpc: route.protocols.some((protocol) => protocol === 'grpc' || protocol === 'grpcs'),
      preserveHost: route.preserve_host,
      requestBuffering: route.request_buffering,
      responseBuffering: route.response_buffering,
      plugins: slots,
      hasPlugins: slots.length > 0,
      unavailableReason: problem || dangling || service?.problem || '',
      lacksPlugin: problem !== '',
      row: rowOf.get(id) ?? commonRow,
    };
  };

  function* buildRoutes(dirt: Dirt): Generator<void, Routes> {
    const edit = keeper.edit();
    for (const id of dirt.routes) {
      const route = model.entities.routes.get(id);
      const compiled = route === undefined ? null : compileRoute(id, route);
      if (route === undefined || compiled === null) edit.remove(id);
      else edit.set(route, compiled);
      if (route === undefined) rowOf.delete(id);
      yield;
    }
    return yield* edit.finish();
  }

  const groupName = (id: string): string => model.entities.consumer_groups.get(id)?.name ?? '';

  function* buildConsumers(
    dirt: Dirt,
  ): Generator<void, Pick<TableParts, 'consumers' | 'usernames' | 'keys'>> {
    const { parts } = current;
    const consumers = parts.consumers.edit();
    for (const id of dirt.consumers) {
      const consumer = model.entities.consumers.get(id);
      if (consumer === undefined) consumers.delete(id);
      else {
        const groups = [...model.aclsOfConsumer.of(id)]
          .map((acl) => model.entities.acls.get(acl)!.group)
          .sort();
        const { username, custom_id: customId } = consumer;
        const consumerGroups = [...model.membershipsOfConsumer.of(id)]
          .map((membership) => model.entities.consumer_group_consumers.get(membership)!.consumer_group)
          .sort((a, b) => compareStrings(groupName(a), groupName(b)));
        consumers.set(id, { id, username, customId, groups, consumerGroups } satisfies CompiledConsumer);
      }
      yield;
    }
    const usernames = parts.usernames.edit();
    for (const [name, id] of dirt.usernames) {
      if (id === null) usernames.delete(name);
      else usernames.set(name, id);
      yield;
    }
    const keys = parts.keys.edit();
    for (const [key, credentialId] of dirt.keys) {
      const credential =
        credentialId === null ? undefined : model.entities.keyauth_credentials.get(credentialId);
      const consumer = credential === undefined ? undefined : consumers.get(credential.consumer);
      if (credential === undefined || consumer === undefined) keys.delete(key);
      else keys.set(key, { consumer, credentialId: credential.id });
      yield;
    }
    return { consumers: consumers.finish(), usernames: usernames.finish(), keys: keys.finish() };
  }

  function* buildCertificates(dirt: Dirt): Generator<void, TableParts['certificates']> {
    if (dirt.serverNames.size === 0) return current.parts.certificates;
    const edit = current.parts.certificates.edit();
    for (const [name, sniId] of dirt.serverNames) {
      const sni = sniId === null ? undefined : model.entities.snis.get(sniId);
      const certificate = sni === undefined ? undefined : model.entities.certificates.get(sni.certificate);
      // What nothing answers to is no certificate: the next one that fits is shown.
      if (certificate === undefined || firstReference('certificates', certificate) !== null)
        edit.delete(name);
      else edit.set(name, shownAs(certificate));
      yield;
    }
    return edit.finish();
  }

  /** Slots whose last target has gone. */
  function* forgetSlots(dirt: Dirt): Generator<void> {
    for (const key of dirt.leftSlots) {
      if (model.targetsOfSlot.count(key) === 0) slotOf.delete(key);
      yield;
    }
  }

  function* work(delta: Delta, names: readonly NameChange[]): Generator<void, void> {
    const dirt = yield* applyToModel(model, delta);
    for (const [name] of names) {
      markName(dirt, model, name);
      yield;
    }
    for (const id of dirt.plugins) {
      if (!model.entities.plugins.has(id)) plugins.forget(id);
      yield;
    }
    for (const [id, targets] of dirt.upstreams) {
      yield* upstreams.refresh(id, targets);
      yield;
    }
    for (const [name] of names) yield* upstreams.refreshName(name);
    for (const id of dirt.services) {
      yield* rebuildService(id);
      yield;
    }
    const routes = dirt.routes.size === 0 ? current.parts.routes : yield* buildRoutes(dirt);
    const consumers = yield* buildConsumers(dirt);
    const certificates = yield* buildCertificates(dirt);
    let globalPlugins: readonly PluginSlot[] = current.globalPlugins;
    if (dirt.global) globalPlugins = resolveSlots(model, plugins, null, null).slots;
    current = new CompiledTables({ configId: delta.to, routes, globalPlugins, certificates, ...consumers });
    upstreams.publish();
    // The change is visible; what is left is tidying up.
    yield;
    yield* upstreams.tidy();
    yield* forgetSlots(dirt);
  }

  return {
    get current() {
      return current;
    },
    begin(delta, { slots, rows, names = [] } = { slots: [], rows: [] }) {
      if (isWorking) throw new Error('a change is begun only after the one before has ended');
      isWorking = true;
      for (const [key, slot] of slots) slotOf.set(key, slot);
      for (const [id, row] of rows) rowOf.set(id, row);
      for (const [name, answer] of names) {
        if (answer === null) answers.delete(name);
        else answers.set(name, answer);
      }
      const steps = work(delta, names);
      let isDone = false;
      return {
        step(budgetUs = 0) {
          if (isDone) return true;
          const endUs = deps.env.clock.monotonicUs() + budgetUs;
          do {
            isDone = steps.next().done === true;
          } while (!isDone && deps.env.clock.monotonicUs() < endUs);
          if (isDone) isWorking = false;
          return isDone;
        },
        get result() {
          return current;
        },
      };
    },
  };
}

function shownAs(certificate: Certificate): TlsCertificate {
  const { cert, key, cert_alt: otherCert, key_alt: otherKey } = certificate;
  const alternative = otherCert === null || otherKey === null ? null : { cert: otherCert, key: otherKey };
  return { id: entityHash('certificates', certificate).toString(16), cert, key, alternative };
}
