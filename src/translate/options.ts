// What decides a translation besides the snapshot.

export interface TranslateOptions {
  /** Name of the class that we serve. */
  readonly ingressClass: string;
  /** Suffix of the DNS names of service-upstream, '' for none. */
  readonly clusterDomain: string;
  /** True: dots and the like in Exact and Prefix paths mean themselves. False: as in Kong's controller. */
  readonly escapesPaths: boolean;
  /** True: endpoints that terminate stay as targets of weight 0. */
  readonly keepsDrainingTargets: boolean;
  /** Of the gateways; endpoints that are meant for other zones are left out. '': they are used like all others. */
  readonly zone: string;
  /** Entities ('routes/<id>') that a gateway refused: translated as if they were broken. */
  readonly excluded: ReadonlySet<string>;
}

export const defaultOptions: TranslateOptions = {
  ingressClass: 'kong',
  clusterDomain: '',
  escapesPaths: true,
  keepsDrainingTargets: false,
  zone: '',
  excluded: new Set(),
};
