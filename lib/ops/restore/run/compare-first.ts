import type { CopyVersion } from '../../copy/model';

/**
 * Compares what is to be replaced by something of the same size, before it is: an interrupted run may have written it, and nothing
 * is to be written twice.
 */
export function comparingFirst(copy: CopyVersion): CopyVersion {
  return async (item) => {
    const { replaces, present, ...plain } = item;
    if (replaces === undefined || present === undefined) {
      return await copy(item);
    }
    const compared = await copy({ ...plain, present });
    return compared.kind === 'conflict' ? await copy({ ...plain, replaces }) : compared;
  };
}
