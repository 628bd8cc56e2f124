// Which objects are ours.
import { classAnnotation, defaultClassAnnotation } from '../kube/annotations.ts';
import type { Ingress } from '../kube/ingress.ts';
import type { IngressClass } from '../kube/ingress-class.ts';
import type { DecodedObject } from '../kube/metadata.ts';
import { referenceTo } from '../kube/object.ts';
import type { Problem } from '../kube/problem.ts';
import { quote } from './problems/problem.ts';

/** Objects without a class are ours only where the IngressClass says so. */
export function isDefaultClass(classes: readonly IngressClass[], name: string): boolean {
  const own = classes.find((entry) => entry.metadata.name === name);
  return own?.metadata.annotations[defaultClassAnnotation] === 'true';
}

/** null: ours; else why not. */
export function foreignIngress(ingress: Ingress, className: string, isDefault: boolean): Problem | null {
  const annotated = ingress.metadata.annotations[classAnnotation] ?? '';
  const given = annotated === '' ? ingress.spec.ingressClassName : annotated;
  const field = annotated === '' ? 'spec.ingressClassName' : `metadata.annotations['${classAnnotation}']`;
  return describe(ingress, field, given, className, isDefault);
}

/** The same for kinds that know only the annotation. */
export function foreignObject(object: DecodedObject, className: string, isDefault: boolean): Problem | null {
  const given = object.metadata.annotations[classAnnotation] ?? '';
  return describe(object, `metadata.annotations['${classAnnotation}']`, given, className, isDefault);
}

function describe(
  object: DecodedObject,
  field: string,
  given: string,
  className: string,
  isDefault: boolean,
): Problem | null {
  if (given === className || (given === '' && isDefault)) return null;
  return {
    object: referenceTo(object),
    field,
    reason: 'OtherClass',
    message:
      given === ''
        ? `No class is given and ${quote(className)} is not the default class; the object is left alone. Set ${field} to ${quote(className)}.`
        : `Class ${quote(given)} is not ${quote(className)}; the object is left alone.`,
  };
}
