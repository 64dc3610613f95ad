import { describe, expect, it } from 'vitest';
import { SpoolBudget } from './budget.ts';

const full = expect.objectContaining({ code: 'spool.full' });

describe('SpoolBudget', () => {
  it('promises no more than it has', () => {
    const budget = new SpoolBudget(100);
    const first = budget.reserve(60);
    expect(() => budget.reserve(41)).toThrow(full);
    expect(budget.reservedBytes).toBe(60);
    budget.reserve(40);
    first.release();
    expect(budget.reservedBytes).toBe(40);
  });

  it('grows a promise, and keeps the old one when there is no room', () => {
    const budget = new SpoolBudget(100);
    const reservation = budget.reserve(10);
    reservation.growTo(100);
    reservation.growTo(50);
    expect(budget.reservedBytes).toBe(100);
    expect(() => reservation.growTo(101)).toThrow(full);
    expect(budget.reservedBytes).toBe(100);
  });

  it('takes a promise back once, and none after that', () => {
    const budget = new SpoolBudget(100);
    const reservation = budget.reserve(10);
    reservation.release();
    reservation.release();
    expect(budget.reservedBytes).toBe(0);
    expect(() => reservation.growTo(20)).toThrow(full);
  });
});
