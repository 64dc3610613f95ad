import { Module } from '@nestjs/common';
import { AttestationsModule } from './attestations/attestations.module.ts';
import { FilesModule } from './files/files.module.ts';
import { LegacyJsonModule } from './legacy-json/legacy-json.module.ts';
import { OperatorGrantsModule } from './operator-grants/operator-grants.module.ts';
import { ReceiptsModule } from './receipts/receipts.module.ts';
import { SimpleModule } from './simple/simple.module.ts';
import { StatusModule } from './status/status.module.ts';
import { TufModule } from './tuf/tuf.module.ts';
import { UploadsModule } from './uploads/uploads.module.ts';
import { WebModule } from './web/web.module.ts';

/** One module a bounded context; what they share is in `database`, `store`, `outbox`, `publications`, `grant-keys`. */
@Module({
  imports: [
    UploadsModule,
    ReceiptsModule,
    OperatorGrantsModule,
    SimpleModule,
    LegacyJsonModule,
    FilesModule,
    AttestationsModule,
    TufModule,
    StatusModule,
    WebModule,
  ],
})
export class WarehouseModule {}
