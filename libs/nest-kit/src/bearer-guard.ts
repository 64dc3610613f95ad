import { createHash, timingSafeEqual } from 'node:crypto';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { KitError } from './errors.ts';

/**
 * Lets a process in that shows the shared secret: `Authorization: Bearer <secret>`.
 * An app makes one subclass per caller, so that a handler names who may call it.
 * Secrets are compared by their digests: in constant time, whatever their lengths.
 */
export abstract class BearerGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(secret: string) {
    this.expected = digest(secret);
  }

  canActivate(context: ExecutionContext): boolean {
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers.authorization ?? '';
    const [, given] = /^Bearer ([\x21-\x7e]+)$/i.exec(header) ?? [];
    if (given === undefined || !timingSafeEqual(digest(given), this.expected)) {
      throw new KitError('internal.denied', 'this door is for other processes of the index', {});
    }
    return true;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
