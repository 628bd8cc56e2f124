// S1 and S2: what a scenario itself promises, beside what is always promised. In a history without a scenario they judge
// nothing.
import { compares } from '../evidence/promises.ts';
import { measure } from './measures.ts';
import type { Property, Violation } from './property.ts';

const us = 1_000_000;

export const expectedSteps: Property = {
  id: 'S1',
  name: 'what a scenario expects comes true',
  promise: 'What a step of a scenario expects comes true within its time, or stays so for it.',
  type: 'safety',
  judge({ expectations }) {
    const decided = expectations.filter(({ doneUs }) => doneUs !== -1);
    const violations = decided
      .filter(({ met }) => !met)
      .map(
        ({ id, text, seen, atUs, doneUs }): Violation => ({
          atUs: doneUs,
          message: `expected ${text}; ${seen} (from t=${(atUs / us).toFixed(3)})`,
          witnesses: [id],
        }),
      );
    return { premises: decided.length, violations };
  },
};

/** Of one kind of failure, as many as a person wants to read. */
const witnessesMax = 20;

export const keptPromises: Property = {
  id: 'S2',
  name: 'what a scenario promises of its requests holds',
  promise: 'Over all requests of a scenario the figures are as it promises.',
  type: 'safety',
  judge(evidence, { promises }) {
    let premises = 0;
    const violations: Violation[] = [];
    for (const promise of promises) {
      const { values, of, counted, describe } = measure(evidence, promise);
      premises += of;
      const { comparison, value, text } = promise;
      const wrong = values.findIndex((own) => !compares(own, comparison, value));
      if (wrong < 0) continue;
      const isEach = values.length === counted.length && values.length !== 1;
      const first = isEach ? counted[wrong] : counted[0];
      const figure = isEach ? `${values[wrong]}` : `${values[0]} of ${of}`;
      violations.push({
        atUs: first?.doneUs ?? 0,
        message: `${text}: it is ${figure}${first === undefined ? '' : `; ${describe(first)}`}`,
        witnesses: (isEach ? [first!] : counted).slice(0, witnessesMax).map(({ nonce }) => nonce),
      });
    }
    return { premises, violations };
  },
};
