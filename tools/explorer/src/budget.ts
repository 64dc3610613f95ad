import type { Budget } from './world.ts';

export const noBudget: Budget = {
  files: 0,
  crashes: 0,
  faults: 0,
  late: 0,
  expiries: 0,
  drains: 0,
  powerCuts: 0,
  refreshes: 0,
  restores: 0,
  setbacks: 0,
};
