/** The only reasons for which a cell may be skipped; every other cell that cannot run has failed. */
export const allowedSkips: Readonly<Record<string, string>> = {
  'platform.no-wheel': 'the registry has no wheel of the platform project for this machine and Python',
  'cargo.missing': 'tough is built with Rust, which few have',
};
