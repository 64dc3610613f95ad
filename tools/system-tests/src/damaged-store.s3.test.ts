import { describeDamage } from './damaged-store-suite.ts';

/** An empty object is one that is cut short: the folder alone tries both. */
describeDamage('s3', {
  bins: ['has other bytes', 'is cut short', 'is missing', 'is an older one'],
  pages: ['has other bytes'],
  snapshots: ['has other bytes'],
  between: {
    timestamps: ['is cut short', 'is missing'],
    snapshots: ['is cut short', 'is missing', 'is an older one'],
  },
});
