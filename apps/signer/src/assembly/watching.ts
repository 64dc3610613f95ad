import { FactsSweep } from '../reconcile/facts-sweep.ts';
import { givenNotices } from '../reconcile/given-notices.ts';
import { OfflineNotice } from '../reconcile/offline-notice.ts';
import { Reconciler } from '../reconcile/reconciler.ts';
import { UnappliedGrants } from '../reconcile/unapplied-grants.ts';
import { ValidityWatch } from '../reconcile/validity-watch.ts';
import { StoreWatch } from '../repair/store-watch.ts';
import type { Base } from './base.ts';
import type { Granting } from './granting.ts';
import type { Signing } from './signing.ts';

/** What the active signer looks at round and round, beside its work. */
export function assembleWatching(
  base: Base,
  { bins, bitLength }: Signing,
  { repairs, authLog, pages }: Granting,
): Reconciler {
  const { config, log, sql, clock, refresh, numbers, store, wakeup, warn } = base;
  const watches = [
    new FactsSweep(sql),
    new ValidityWatch({
      log,
      clock,
      refresh,
      bitLength,
      alarmBelowMs: config.RIND_VALID_FOR_ALARM_MS,
      showFirstBin: (expiresMs) => numbers.showFirstBin(expiresMs),
    }),
    new OfflineNotice({ log, clock, given: () => givenNotices(sql) }),
    new UnappliedGrants(sql, authLog, clock, config.RIND_UNAPPLIED_ALARM_MS),
    new StoreWatch({
      store,
      bins,
      repairs,
      state: () => numbers.shown,
      wake: () => wakeup.wake(),
      slice: 8,
      pages,
    }),
  ];
  return new Reconciler(log, watches, config.RIND_RECONCILE_INTERVAL_MS, warn);
}
