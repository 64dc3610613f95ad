import { Controller, Get, HttpCode, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import { CONFIG } from '@rind/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthConfig } from '../config.ts';
import { Rates, tooMany } from '../limits/rates.ts';
import { notEnabled } from './identity-token.ts';
import { MintProblems } from './mint-problems.ts';
import { PublisherMint } from './publisher-mint.ts';
import { readTokenRequest } from './token-request.ts';

/** What twine and uv ask in a CI job; paths and answers are PyPI's. */
@Controller('_/oidc')
export class OidcController {
  constructor(
    @Inject(PublisherMint) private readonly publisherMint: PublisherMint,
    @Inject(Rates) private readonly rates: Rates,
    @Inject(CONFIG) private readonly config: AuthConfig,
  ) {}

  @Get('audience')
  audience(@Res({ passthrough: true }) reply: FastifyReply): { audience: string } {
    if (this.config.oidc.issuers.length === 0) throw notEnabled();
    void reply.header('Cache-Control', 'no-store');
    return { audience: this.config.oidc.audience };
  }

  @Post(['mint-token', 'github/mint-token'])
  @HttpCode(200)
  @UseFilters(MintProblems)
  async mint(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ success: true; token: string; expires: number }> {
    if (this.config.oidc.issuers.length === 0) throw notEnabled();
    if (!(await this.rates.take(['oidc/address', request.ip]))) throw tooMany();
    const { token, expires } = await this.publisherMint.mint(readTokenRequest(request.body), request.ip);
    void reply.header('Cache-Control', 'no-store');
    return { success: true, token, expires };
  }
}
