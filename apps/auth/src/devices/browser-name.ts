const browsers = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|Chromium|HeadlessChrome|CriOS)\//],
  ['Safari', /\bVersion\/[\d.]+ .*\bSafari\//],
] as const;

const systems = [
  ['Android', /\bAndroid\b/],
  ['iOS', /\b(?:iPhone|iPad|iPod)\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
] as const;

/**
 * Which browser it says it is, in words of ours: whoever signs in chooses the text of the header, and none of that
 * may stand in a mail to somebody else.
 */
export function browserName(agent: string): string {
  const browser = browsers.find(([, shape]) => shape.test(agent))?.[0] ?? 'a browser of unknown kind';
  const system = systems.find(([, shape]) => shape.test(agent))?.[0];
  return system === undefined ? browser : `${browser} on ${system}`;
}
