/** Numbers from 0 to below 1, always the same ones for the same seed. For choices in tests, never for secrets. */
export type Chance = () => number;

/** The generator sfc32, its state taken from the seed's characters by FNV-1a. */
export function seededChance(seed: string): Chance {
  let [a, b, c, d] = [hash(seed, 0), hash(seed, 1), hash(seed, 2), 1];
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  // The state of a short seed is mixed before it is used.
  for (let i = 0; i < 16; i++) next();
  return next;
}

function hash(seed: string, salt: number): number {
  let value = 0x811c9dc5 ^ salt;
  for (let i = 0; i < seed.length; i++) value = Math.imul(value ^ seed.charCodeAt(i), 0x01000193);
  return value | 0;
}
