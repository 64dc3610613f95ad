const fallback = '/account/';
/** A path of ours, of parts that are not empty and have no dots alone: nothing that could be read as another place. */
const shape =
  /^\/(?:account|manage)(?:\/(?!\.+(?:\/|\?|$))(?:[A-Za-z0-9_.!+-]|%2B|%21)+)*\/?(?:\?token=[A-Za-z0-9_-]{64})?$/;

/** Where to go after signing in; anything but a path of these pages is forgotten. */
export function nextPath(text: string): string {
  return shape.test(text) ? text : fallback;
}
