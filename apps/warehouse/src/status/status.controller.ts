import { Controller, Get, Header } from '@nestjs/common';
import { StatusDesk } from './status-desk.ts';
import type { StatusReport } from './status-report.ts';

/** The state of the repository for operators and their alarms; 200 also when it is bad. */
@Controller('api/v1/status')
export class StatusController {
  constructor(private readonly desk: StatusDesk) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @Header('Access-Control-Allow-Origin', '*')
  status(): Promise<StatusReport> {
    return this.desk.report();
  }
}
