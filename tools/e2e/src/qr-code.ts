import jsQR from 'jsqr';
import type { Locator } from 'playwright-core';
import { PNG } from 'pngjs';

/** What a phone reads from the screen: the text of the QR code in a picture of `element`. */
export async function readQrCode(element: Locator): Promise<string> {
  const { data, width, height } = PNG.sync.read(await element.screenshot());
  const found = jsQR.default(new Uint8ClampedArray(data), width, height);
  if (found === null) throw new Error('no QR code can be read from the screen');
  return found.data;
}
