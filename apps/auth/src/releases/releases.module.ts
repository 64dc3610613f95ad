import { Module } from '@nestjs/common';
import type { AccountParts } from '../accounts/account-parts.ts';
import { DatabaseModule } from '../database.module.ts';
import { Courier } from '../delivery/courier.ts';
import { DeliveryModule } from '../delivery/delivery.module.ts';
import { GrantBook } from '../grants/grant-book.ts';
import { GrantBookModule } from '../grants/grant-book.module.ts';
import { PARTS, WebModule } from '../web/web.module.ts';
import { ProjectsController } from './projects.controller.ts';
import { ReleaseChangesController } from './release-changes.controller.ts';
import { ReleaseChanges } from './release-changes.ts';

/** Projects and releases, as the people who have them see and change them. */
@Module({
  imports: [DatabaseModule, WebModule, GrantBookModule, DeliveryModule],
  controllers: [ProjectsController, ReleaseChangesController],
  providers: [
    {
      provide: ReleaseChanges,
      inject: [PARTS, GrantBook, Courier],
      useFactory: (parts: AccountParts, book: GrantBook, courier: Courier) =>
        new ReleaseChanges({ ...parts, book, courier }),
    },
  ],
})
export class ReleasesModule {}
