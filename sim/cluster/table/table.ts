// metav1.Table: what kubectl asks for to print.
import type { ResourceDefinition } from '../resource.ts';
import type { StoredObject } from '../store-api.ts';

function rowObject(object: StoredObject, include: string | null): unknown {
  if (include === 'None') return undefined;
  if (include === 'Object') return object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

export function tableOf(
  definition: ResourceDefinition,
  objects: readonly StoredObject[],
  metadata: Readonly<Record<string, unknown>>,
  options: { readonly nowMs: number; readonly include: string | null; readonly columns: boolean },
): Record<string, unknown> {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: options.columns
      ? definition.printer.columns.map(({ format = '', description = '', priority = 0, ...column }) => ({
          ...column,
          format,
          description,
          priority,
        }))
      : null,
    rows: objects.map((object) => ({
      cells: definition.printer.cells(object, options.nowMs),
      object: rowObject(object, options.include),
    })),
  };
}
