// Promises that one history alone says nothing about: they are judged by running others that must come to the same
// (sim/history/oracle.ts).
import type { Property } from './property.ts';

const alone: Property['judge'] = () => ({ premises: 0, violations: [] });

export const sameFromScratch: Property = {
  id: 'D1',
  name: 'the way does not matter',
  promise:
    'After whatever happened, gateways and statuses are as if the final objects had been created in an empty cluster.',
  type: 'liveness',
  judge: alone,
};

export const mistakesLeaveNothing: Property = {
  id: 'D2',
  name: 'mistakes leave nothing behind',
  promise: 'Objects that are spoilt and set right again leave gateways and statuses as if nothing had been.',
  type: 'liveness',
  judge: alone,
};

export const crashCostsTime: Property = {
  id: 'P45',
  name: 'a crash costs nothing but time',
  promise: 'A controller that crashes around one of its writes comes to the same as one that does not.',
  type: 'liveness',
  judge: alone,
};

export const unseenStates: Property = {
  id: 'P46',
  name: 'what came between does not matter',
  promise: 'A controller that never hears of states in between comes to the same as one that hears of all.',
  type: 'liveness',
  judge: alone,
};
