import { Module } from '@nestjs/common';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { IntegrityController } from './integrity.controller.ts';

@Module({ imports: [IndexDatabaseModule], controllers: [IntegrityController] })
export class AttestationsModule {}
