import { describeDamage, describeUnprovableDamage, harms } from './damaged-store-suite.ts';

describeDamage('fs', {
  bins: harms,
  pages: ['has other bytes', 'is missing'],
  snapshots: ['has other bytes', 'is missing'],
  between: {
    timestamps: ['has other bytes', 'is empty', 'is missing'],
    snapshots: ['has other bytes', 'is cut short', 'is missing', 'is an older one'],
  },
});
describeUnprovableDamage();
