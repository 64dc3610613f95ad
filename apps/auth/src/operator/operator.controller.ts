import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import type { TransactionalSql } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import { CLOCK, RANDOMNESS } from '@rind/nest-kit';
import { z } from 'zod';
import { ensureAccount } from '../accounts/account-table.ts';
import { FirstPassword } from '../accounts/first-password.ts';
import { audit } from '../audit/audit-log.ts';
import { DATABASE } from '../database.ts';
import { OperatorGuard } from '../guards.ts';
import { TokenMint } from '../tokens/token-mint.ts';
import type { MintedToken } from '../tokens/token-mint.ts';

const tokenOrder = z.strictObject({
  user: z.string().max(50),
  /** Names in any spelling; none means every project of the user. */
  projects: z.array(z.string().min(1).max(200)).max(100).default([]),
  expires: z.iso.datetime({ offset: true }).nullable().default(null),
  description: z.string().max(100).default(''),
});
const accountOrder = z.strictObject({
  username: z.string().max(50),
  /** For an account that has none yet; with it and the address somebody can sign in on the web at once. */
  password: z.string().max(200).optional(),
  email: z.string().max(254).optional(),
});

/** What the operator may do on the machine of the instance; everybody else uses the web pages. */
@Controller('internal/operator')
@UseGuards(OperatorGuard)
export class OperatorController {
  constructor(
    private readonly mint: TokenMint,
    @Inject(DATABASE) private readonly sql: TransactionalSql,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(FirstPassword) private readonly firstPassword: FirstPassword,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
  ) {}

  @Post('tokens')
  @HttpCode(200)
  createToken(@Body({ schema: tokenOrder }) order: z.output<typeof tokenOrder>): Promise<MintedToken> {
    const { user, projects, expires, description } = order;
    return this.mint.mint({
      user,
      projects,
      expires: expires === null ? null : new Date(expires),
      description,
      by: 'operator',
    });
  }

  @Post('accounts')
  @HttpCode(200)
  createAccount(
    @Body({ schema: accountOrder }) { username, password, email }: z.output<typeof accountOrder>,
  ) {
    return this.sql.transaction(async (sql) => {
      const account = await ensureAccount(sql, username, { clock: this.clock, randomness: this.randomness });
      if (account.created) {
        await audit(sql, this.clock, {
          event: 'account.created',
          actor: 'operator',
          detail: { username: account.username },
        });
      }
      if (password !== undefined) await this.firstPassword.set(sql, account.id, password, email ?? null);
      return { id: account.id, username: account.username };
    });
  }
}
