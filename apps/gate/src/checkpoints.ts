/** Points at which a test may kill or stop this process (docs/reference/development.md). */
export const gatePoints = ['after-spool', 'after-hash', 'after-grant', 'after-forward'] as const;
