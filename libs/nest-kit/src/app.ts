import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { uuidV4 } from '@rind/kernel';
import type { Clock, Randomness } from '@rind/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { handedOnRequestId, logRequests } from './access-log.ts';
import { drainServer } from './drain.ts';
import { KitModule } from './kit.module.ts';
import type { Logger } from './logger.ts';
import { nestLogger } from './nest-logger.ts';
import { ProblemFilter } from './problem-filter.ts';
import { toProblem } from './problem.ts';
import type { ProblemTable } from './problem.ts';
import { answerClientError, refuseExpectations, refuseMissingHost } from './protocol-refusals.ts';
import { Readiness } from './readiness.ts';
import { validationPipe } from './validation.ts';

export interface AppOptions {
  /** Frozen result of `loadConfig`; injected as `CONFIG`. */
  readonly config: object;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** How this app answers the error codes it lets out. */
  readonly problems: ProblemTable;
  /** Bound of a body that a parser buffers; 1 MiB by default. */
  readonly bodyLimitBytes?: number;
  /** How long requests may go on after SIGTERM; 10 s by default. */
  readonly drainTimeoutMs?: number;
  /** Runs before routes are registered: content-type parsers and hooks of the app's own. */
  readonly configure?: (fastify: FastifyInstance) => void;
}

/** An app that is built and not yet listening. */
export interface App {
  readonly nest: NestFastifyApplication;
  /** For `inject` in tests. */
  readonly fastify: FastifyInstance;
  /** Port 0 picks a free one. */
  listen(address: { host: string; port: number }): Promise<{ host: string; port: number }>;
  /** Stops accepting, lets requests finish for `drainTimeoutMs`, then destroys the modules. Idempotent. */
  close(): Promise<void>;
}

/** Builds the Nest application of a process; the caller decides when it listens. */
export async function createApp(module: Type, options: AppOptions): Promise<App> {
  const adapter = new FastifyAdapter({
    bodyLimit: options.bodyLimitBytes ?? 1_048_576,
    trustProxy: false,
    keepAliveTimeout: 65_000,
    // Slow senders: headers within a minute; bodies have their own bounds.
    requestTimeout: 0,
    genReqId: (request: IncomingMessage) => handedOnRequestId(request) ?? uuidV4(options.randomness),
    clientErrorHandler: answerClientError,
    http: { requireHostHeader: false },
    // A path that is no valid percent-encoding never reaches a route, nor the filter.
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => {
      const { problem } = toProblem(error, options.problems);
      void reply
        .code(problem.status)
        .header('content-type', 'application/problem+json')
        .header('x-rind-error', problem.code)
        .send(JSON.stringify(problem));
    },
    // Nest cuts the slash off the end of every path: a handler that cares looks at the URL.
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
  });
  const fastify: FastifyInstance = adapter.getInstance();
  logRequests(fastify, options.logger);
  refuseExpectations(fastify.server);
  refuseMissingHost(fastify);
  options.configure?.(fastify);

  const root = { module: RootModule, imports: [KitModule.with(options), module] };
  const nest = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: nestLogger(options.logger),
    abortOnError: false,
  });
  nest.useGlobalFilters(new ProblemFilter(options.problems, options.logger));
  nest.useGlobalPipes(validationPipe());
  await nest.init();
  await fastify.ready();

  const readiness = nest.get(Readiness);
  let closing: Promise<void> | undefined;
  const close = async () => {
    readiness.drain();
    await drainServer(nest.getHttpServer(), options.drainTimeoutMs ?? 10_000);
    await nest.close();
  };
  return {
    nest,
    fastify,
    async listen({ host, port }) {
      await nest.listen(port, host);
      const bound = nest.getHttpServer().address() as AddressInfo;
      options.logger.info('process.listening', { host, port: bound.port });
      return { host, port: bound.port };
    },
    close: () => (closing ??= close()),
  };
}

class RootModule {}
