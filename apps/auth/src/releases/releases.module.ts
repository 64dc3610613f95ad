import { Module } from '@nestjs/common';
import type { AccountParts } from '../accounts/account-parts.ts';
import type { FactSources } from '../authorization/person-decision.ts';
import { DatabaseModule } from '../database.module.ts';
import { Courier } from '../delivery/courier.ts';
import { DeliveryModule } from '../delivery/delivery.module.ts';
import { GrantBook } from '../grants/grant-book.ts';
import { GrantBookModule } from '../grants/grant-book.module.ts';
import { SecondFactor } from '../second-factor/second-factor.ts';
import { PARTS, WebModule } from '../web/web.module.ts';
import { FACTS, ProjectsController } from './projects.controller.ts';
import { ReleaseChangesController } from './release-changes.controller.ts';
import { ReleaseChanges } from './release-changes.ts';

/** Projects and releases, as the people who have them see and change them. */
@Module({
  imports: [DatabaseModule, WebModule, GrantBookModule, DeliveryModule],
  controllers: [ProjectsController, ReleaseChangesController],
  providers: [
    {
      provide: FACTS,
      inject: [PARTS, SecondFactor],
      useFactory: ({ vault, emails }: AccountParts, factor: SecondFactor): FactSources => ({
        vault,
        emails,
        hasFactor: (sql, accountId) => factor.isHeld(sql, accountId),
      }),
    },
    {
      provide: ReleaseChanges,
      inject: [PARTS, FACTS, GrantBook, Courier],
      useFactory: (parts: AccountParts, facts: FactSources, book: GrantBook, courier: Courier) =>
        new ReleaseChanges({ ...parts, ...facts, book, courier }),
    },
  ],
})
export class ReleasesModule {}
