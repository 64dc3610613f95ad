import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { OnModuleDestroy } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const resolutionMs = 10;
const quantiles = [0.5, 0.99, 1] as const;

/** The process's own Prometheus registry (never the library's global one: tests run many apps in one process). */
export class Metrics implements OnModuleDestroy {
  readonly registry = new Registry();
  private readonly delay: ReturnType<typeof monitorEventLoopDelay>;

  constructor() {
    const delay = monitorEventLoopDelay({ resolution: resolutionMs });
    delay.enable();
    this.delay = delay;
    new Gauge({
      name: 'rind_event_loop_delay_seconds',
      help: 'How late the event loop was since the last scrape, by quantile.',
      labelNames: ['quantile'],
      registers: [this.registry],
      collect() {
        for (const quantile of quantiles) {
          // The histogram holds whole intervals: what is above the interval asked for is the delay.
          const intervalMs = delay.count === 0 ? 0 : delay.percentile(quantile * 100) / 1e6;
          this.set({ quantile: String(quantile) }, Math.max(0, intervalMs - resolutionMs) / 1e3);
        }
        delay.reset();
      },
    });
    new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Resident memory size in bytes.',
      registers: [this.registry],
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
  }

  counter<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  gauge<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  /** A gauge whose value is asked for at each scrape. */
  observe(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(value());
      },
    });
  }

  /** @param buckets upper bounds, in the unit of the name */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: readonly number[],
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] });
  }

  /** Prometheus text format 0.0.4. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  onModuleDestroy(): void {
    this.delay.disable();
  }
}
