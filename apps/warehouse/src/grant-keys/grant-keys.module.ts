import { Module } from '@nestjs/common';
import { CONFIG } from '@rind/nest-kit';
import type { WarehouseConfig } from '../config.ts';
import { GrantKeys } from './grant-keys.ts';

@Module({
  providers: [
    {
      provide: GrantKeys,
      inject: [CONFIG],
      useFactory: (config: WarehouseConfig) => GrantKeys.read(config.grantKeysFile, config.repository),
    },
  ],
  exports: [GrantKeys],
})
export class GrantKeysModule {}
