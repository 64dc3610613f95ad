const fallback = '/account/';
/** A path of ours: one slash, then nothing that a browser could read as another host. */
const shape = /^\/account\/[A-Za-z0-9/_-]*(?:\?token=[A-Za-z0-9_-]{64})?$/;

/** Where to go after signing in; anything but a path of these pages is forgotten. */
export function nextPath(text: string): string {
  return shape.test(text) ? text : fallback;
}
