import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { keyIdOf } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import { grantKey } from '@rind/index-model';
import type { GrantKey } from '@rind/index-model';
import type { KeyId } from '@rind/kernel';

const file = z.object({
  keys: z.array(
    z.object({
      issuer: z.enum(['auth', 'operator']),
      key: z.looseObject({
        keytype: z.string(),
        scheme: z.string(),
        keyval: z.looseObject({ public: z.string() }),
      }),
    }),
  ),
});

/** The keys whose grants count, from the pinned file. */
export function loadGrantKeys(path: string): ReadonlyMap<KeyId, GrantKey> {
  const { keys } = file.parse(JSON.parse(readFileSync(path, 'utf8')));
  return new Map(
    keys.map(({ issuer, key: listed }) => {
      const key = listed as unknown as PublicKey;
      return [keyIdOf(key), grantKey(issuer, key)];
    }),
  );
}
