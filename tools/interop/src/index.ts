export { clientEnvironment } from './environment.ts';
export { sendBytes, serveLocally } from './local-server.ts';
export type { LocalServer } from './local-server.ts';
export { ensurePython } from './python.ts';
export type { Python } from './python.ts';
export type { TufPlace } from './tuf-download.ts';
export { TufWatch } from './tuf-watch.ts';
export type { WatchEnd, WatchOptions, WatchTools } from './tuf-watch.ts';
export { until } from './until.ts';
