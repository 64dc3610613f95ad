import { RindError } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { toDatabaseError } from './to-database-error.ts';

/** An error as pg throws it. */
const pg = (code: string, more: object = {}): Error => Object.assign(new Error('x'), { code, ...more });
/** An error as Prisma throws it, with what the driver adapter said. */
const prisma = (code: string, cause: object): Error =>
  Object.assign(new Error('x'), {
    code,
    meta: { driverAdapterError: { name: 'DriverAdapterError', cause } },
  });

describe('an error of the database', () => {
  it.each([
    ['connection failure', pg('08006'), 'database.unavailable'],
    ['too many connections', pg('53300'), 'database.unavailable'],
    ['shutting down', pg('57P01'), 'database.unavailable'],
    ['starting up', pg('57P03'), 'database.unavailable'],
    ['a statement that took too long', pg('57014'), 'database.unavailable'],
    ['a transaction cut for idling', pg('25P03'), 'database.unavailable'],
    ['a server that became read-only', pg('25006'), 'database.unavailable'],
    ['a refused connection', pg('ECONNREFUSED'), 'database.unavailable'],
    [
      'every address refused',
      Object.assign(new Error(''), { errors: [pg('ECONNREFUSED')] }),
      'database.unavailable',
    ],
    ['words of pg', new Error('Connection terminated unexpectedly'), 'database.unavailable'],
    ['unreachable, says Prisma', prisma('P1001', { kind: 'DatabaseNotReachable' }), 'database.unavailable'],
    ['shutting down, says Prisma', prisma('P2010', { originalCode: '57P01' }), 'database.unavailable'],
    ['a unique constraint', pg('23505', { constraint: 'file_pkey' }), 'database.conflict'],
    ['a unique constraint, says Prisma', prisma('P2002', { originalCode: '23505' }), 'database.conflict'],
    ['no privilege', pg('42501'), 'database.denied'],
    ['no privilege, says Prisma', prisma('P2039', { originalCode: '42501' }), 'database.denied'],
    ['a serialization failure', pg('40001'), 'database.serialization'],
    ['a deadlock', pg('40P01'), 'database.serialization'],
    ['a write conflict, says Prisma', prisma('P2034', { originalCode: '40001' }), 'database.serialization'],
    ['a wrong password', pg('28P01'), 'database.failed'],
    ['a failed check', pg('23514'), 'database.failed'],
    ['a row that is not there', prisma('P2025', {}), 'database.failed'],
    ['something thrown that is no error', 'text', 'database.failed'],
    ['nothing', undefined, 'database.failed'],
  ])('%s', (_, error, code) => {
    expect(toDatabaseError(error)).toMatchObject({ code });
  });

  it.each([
    ['pg', pg('23505', { constraint: 'file_pkey' }), 'file_pkey'],
    [
      'Prisma by name',
      prisma('P2002', { originalCode: '23505', constraint: { index: 'file_pkey' } }),
      'file_pkey',
    ],
    ['Prisma by columns', prisma('P2002', { constraint: { fields: ['a', 'b'] } }), 'a, b'],
    ['nobody', prisma('P2002', {}), null],
  ])('names the constraint that %s tells', (_, error, constraint) => {
    expect(toDatabaseError(error).details).toEqual({ constraint });
  });

  it('keeps its cause, and an error that is ours already stays as it is', () => {
    const cause = pg('40001');
    expect(toDatabaseError(cause).cause).toBe(cause);
    const ours = new RindError('lease.lost', 'x', {});
    expect(toDatabaseError(ours)).toBe(ours);
  });
});
