import { Inject, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { CONFIG, Metrics } from '@rind/nest-kit';
import type { WarehouseConfig } from '../config.ts';
import { Inspections } from './inspections.ts';

/** What is in the archives that authors send. */
@Module({
  providers: [{ provide: Inspections, inject: [CONFIG, Metrics], useFactory: openInspections }],
  exports: [Inspections],
})
export class InspectionModule implements OnModuleDestroy {
  constructor(@Inject(Inspections) private readonly inspections: Inspections) {}

  onModuleDestroy(): Promise<void> {
    return this.inspections.close();
  }
}

/** Does not start without its threads: otherwise every file would look like one that ends them. */
async function openInspections(config: WarehouseConfig, metrics: Metrics): Promise<Inspections> {
  const inspections = new Inspections(config.inspection, metrics);
  await inspections.check();
  return inspections;
}
