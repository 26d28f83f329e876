import type { z } from 'zod';
import type * as schema from '../../config/schema';
import type { Problem } from '../../errors/errors';

type Lifecycle = NonNullable<z.output<typeof schema.lifecycle>>;

/** Refuses the keys of a pair's lifecycle that are about a bucket which is owned elsewhere. */
export function ownersLifecycle(lifecycle: Lifecycle, keys: readonly (keyof Lifecycle)[]): Problem[] {
  return keys
    .map((key) => ({ path: `lifecycle.${key}`, found: lifecycle[key] }))
    .filter(({ found }) => found !== undefined && !(Array.isArray(found) && found.length === 0))
    .map((written) => ({
      ...written,
      remedy:
        'the lifecycle of a bucket that is owned elsewhere is left alone; remove it, and set the rule where the bucket is managed',
    }));
}
