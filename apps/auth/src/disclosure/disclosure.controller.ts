import { Controller, HttpCode, Inject, NotFoundException, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthError } from '../errors.ts';
import { Rates, tooMany } from '../limits/rates.ts';
import { DisclosedTokens, readDisclosures } from './disclosed-tokens.ts';
import { DisclosureKeys } from './disclosure-keys.ts';

/** Where scanners of public code report tokens that they found; path, headers and answers are PyPI's. */
@Controller('_')
export class DisclosureController {
  constructor(
    @Inject(DisclosureKeys) private readonly keys: DisclosureKeys | null,
    @Inject(DisclosedTokens) private readonly tokens: DisclosedTokens,
    @Inject(Rates) private readonly rates: Rates,
  ) {}

  /** Says nothing about the tokens: 204 for ours and for others. */
  @Post(['secrets/disclose-token', 'github/disclose-token'])
  @HttpCode(204)
  async disclose(@Req() request: FastifyRequest): Promise<void> {
    const identifier = request.headers['github-public-key-identifier'];
    const signature = request.headers['github-public-key-signature'];
    if (this.keys === null || typeof identifier !== 'string' || typeof signature !== 'string') {
      throw new NotFoundException();
    }
    if (!(await this.rates.take(['disclosure/address', request.ip]))) throw tooMany();
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
    const signed = await this.keys.verify(identifier, body, Buffer.from(signature, 'base64'));
    if (!signed)
      throw new AuthError('disclosure.bad-signature', 'the report is not signed by the sender', {});
    for (const disclosure of readDisclosures(body)) await this.tokens.revoke(disclosure);
  }
}
