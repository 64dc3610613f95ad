import { Inject, Injectable } from '@nestjs/common';
import { BearerGuard, CONFIG } from '@rind/nest-kit';
import type { WarehouseConfig } from '../config.ts';

/** The gate and nobody else. */
@Injectable()
export class GateGuard extends BearerGuard {
  constructor(@Inject(CONFIG) config: WarehouseConfig) {
    super(config.gateSecret);
  }
}
