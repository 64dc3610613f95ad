import { Controller, HttpCode, Inject, Post, Req, UseFilters } from '@nestjs/common';
import { CLOCK } from '@rind/nest-kit';
import type { TransactionalSql } from '@rind/database';
import type { Clock } from '@rind/kernel';
import type { FastifyRequest } from 'fastify';
import { audit } from '../audit/audit-log.ts';
import { DATABASE } from '../database.ts';
import { Rates, tooMany } from '../limits/rates.ts';
import { revokeToken } from '../tokens/token-table.ts';
import { TokenVerifier } from '../tokens/token-verifier.ts';
import type { VerifiedToken } from '../tokens/token-verifier.ts';
import { MintProblems } from './mint-problems.ts';
import { readTokenRequest } from './token-request.ts';

/** Clients that are done with a publisher's token say so (uv does): then it is worth nothing from that moment. */
@Controller('_/oidc')
@UseFilters(MintProblems)
export class BurnController {
  constructor(
    @Inject(DATABASE) private readonly sql: TransactionalSql,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Rates) private readonly rates: Rates,
    @Inject(TokenVerifier) private readonly verifier: TokenVerifier,
  ) {}

  /** Says nothing about the token. Those of accounts are not burned here: their owners revoke them. */
  @Post('burn-token')
  @HttpCode(202)
  async burn(@Req() request: FastifyRequest): Promise<{ message: 'Accepted' }> {
    if (!(await this.rates.take(['oidc/address', request.ip]))) throw tooMany();
    const text = readTokenRequest(request.body);
    const token = await this.verifier.verifyOrNull(text);
    if (token !== null && token.holder.account === null) await this.revoke(token, request.ip);
    return { message: 'Accepted' };
  }

  private async revoke({ id, holderName }: VerifiedToken, address: string): Promise<void> {
    await this.sql.transaction(async (tx) => {
      if ((await revokeToken(tx, id, new Date(this.clock.nowMs()))) === null) return;
      const detail = { tokenId: id, address };
      await audit(tx, this.clock, { event: 'token.revoked', actor: holderName, detail });
    });
  }
}
