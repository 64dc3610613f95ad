import { Controller, Get, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';

// A handler that a test holds open; apart from it because test files are compiled without decorators.

export const gate = { arrived: () => {}, release: Promise.resolve(), destroyedWhileAnswering: false };

@Controller()
class SlowController implements OnModuleDestroy {
  private answering = 0;

  @Get('slow')
  async slow(): Promise<string> {
    this.answering++;
    gate.arrived();
    await gate.release;
    this.answering--;
    return 'done';
  }

  onModuleDestroy(): void {
    gate.destroyedWhileAnswering = this.answering > 0;
  }
}

@Module({ controllers: [SlowController] })
export class SlowModule {}
