import { describe, expect, it } from 'vitest';
import { Closer } from '../../src/lib/closer.ts';

describe('a closer', () => {
  it('closes in the reverse order, each after the one before it has ended', async () => {
    const closer = new Closer();
    const steps: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      closer.add(async () => {
        steps.push(`${name} begins`);
        await Promise.resolve();
        steps.push(`${name} ends`);
      });
    }
    closer.add(() => steps.push('without waiting'));
    await closer.close();
    expect(steps).toEqual([
      'without waiting',
      'third begins',
      'third ends',
      'second begins',
      'second ends',
      'first begins',
      'first ends',
    ]);
  });

  it('closes the rest when one fails, and throws its error', async () => {
    const closer = new Closer();
    const closed: string[] = [];
    const error = new Error('stuck');
    closer.add(() => closed.push('first'));
    closer.add(() => Promise.reject(error));
    closer.add(() => closed.push('third'));
    await expect(closer.close()).rejects.toBe(error);
    expect(closed).toEqual(['third', 'first']);
  });

  it('throws every error when several fail', async () => {
    const closer = new Closer();
    const [early, late] = [new Error('early'), new Error('late')];
    closer.add(() => Promise.reject(late));
    closer.add(() => {
      throw early;
    });
    const error: unknown = await closer.close().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({ message: '2 parts did not close', errors: [early, late] });
  });

  it('closes nothing twice', async () => {
    const closer = new Closer();
    let count = 0;
    closer.add(() => {
      count += 1;
    });
    await closer.close();
    await closer.close();
    expect(count).toBe(1);
  });
});
