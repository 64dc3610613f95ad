/** Points at which a test may kill or stop this process (docs/reference/development.md). */
export const authPoints = ['before-grant-commit', 'after-grant-commit'] as const;
