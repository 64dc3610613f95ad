import { Inject, Injectable } from '@nestjs/common';
import { BearerGuard, CONFIG } from '@rind/nest-kit';
import type { AuthConfig } from './config.ts';

/** For the gate alone. */
@Injectable()
export class GateGuard extends BearerGuard {
  constructor(@Inject(CONFIG) config: AuthConfig) {
    super(config.secrets.gate);
  }
}

/** For the signer alone. */
@Injectable()
export class SignerGuard extends BearerGuard {
  constructor(@Inject(CONFIG) config: AuthConfig) {
    super(config.secrets.signer);
  }
}

/** For the operator's command line on this machine. */
@Injectable()
export class OperatorGuard extends BearerGuard {
  constructor(@Inject(CONFIG) config: AuthConfig) {
    super(config.secrets.operator);
  }
}
