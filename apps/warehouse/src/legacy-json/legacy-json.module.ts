import { Module } from '@nestjs/common';
import { ReleasesModule } from '../releases/releases.module.ts';
import { LegacyJsonController } from './legacy-json.controller.ts';

@Module({ imports: [ReleasesModule], controllers: [LegacyJsonController] })
export class LegacyJsonModule {}
