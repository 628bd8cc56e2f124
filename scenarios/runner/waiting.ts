// Waiting for something, with an end to one's patience.
import type { Stage } from './stage.ts';

const lookEveryMs = 20;

export interface Awaited {
  readonly text: string;
  isMet(): boolean;
}

/** Goes on once it is met; when it takes longer, the run proves nothing and its other steps are left out. */
export function waitUntil(stage: Stage, awaited: Awaited, withinMs: number, next: () => void): void {
  const { driver } = stage;
  const untilMs = driver.nowMs() + withinMs;
  const look = (): void => {
    if (awaited.isMet()) {
      next();
      return;
    }
    if (driver.nowMs() >= untilMs) {
      stage.unmet = `waited ${Math.round(withinMs / 1000)} s for ${awaited.text}`;
      next();
      return;
    }
    driver.after(lookEveryMs, look);
  };
  look();
}
