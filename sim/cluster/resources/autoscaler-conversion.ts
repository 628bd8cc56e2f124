// Autoscalers in version v1, which knows the use of CPUs alone, and in v2, in which they are stored.
import { arrayOf, at, isRecord, recordOf, textAt } from '../json.ts';
import type { ResourceDefinition } from '../resource.ts';
import type { StoredObject } from '../store-api.ts';

type Members = Readonly<Record<string, unknown>>;

function withoutMember(record: Members, member: string): Members {
  const { [member]: _gone, ...rest } = record;
  return rest;
}

function isCpuUse(metric: unknown): boolean {
  return textAt(metric, 'type') === 'Resource' && textAt(metric, 'resource', 'name') === 'cpu';
}

export const autoscalerConversion: NonNullable<ResourceDefinition['conversion']> = {
  toStored(object) {
    const spec = recordOf(object.spec);
    const percent = spec['targetCPUUtilizationPercentage'];
    const target = { type: 'Utilization', averageUtilization: percent };
    const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
    const rest = withoutMember(spec, 'targetCPUUtilizationPercentage');
    return {
      ...object,
      apiVersion: 'autoscaling/v2',
      ...(object.spec === undefined ? {} : { spec: percent === undefined ? rest : { ...rest, metrics } }),
    } as StoredObject;
  },
  fromStored(object) {
    const spec = recordOf(object.spec);
    const metric = arrayOf(spec['metrics']).find(isCpuUse);
    const percent = at(metric, 'resource', 'target', 'averageUtilization');
    const rest = withoutMember(withoutMember(spec, 'metrics'), 'behavior');
    const own = percent === undefined ? rest : { ...rest, targetCPUUtilizationPercentage: percent };
    const { status } = object;
    const shown = isRecord(status)
      ? withoutMember(withoutMember(status, 'currentMetrics'), 'conditions')
      : undefined;
    return {
      ...object,
      apiVersion: 'autoscaling/v1',
      ...(object.spec === undefined ? {} : { spec: own }),
      ...(shown === undefined ? {} : { status: shown }),
    } as StoredObject;
  },
};
