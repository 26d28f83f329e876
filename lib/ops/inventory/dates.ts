import { UsageError } from '../../errors/errors';
import { quoted } from '../../errors/visible';

/** The value of --from-inventory without a date. */
export const NEWEST = 'newest';

/**
 * Reads the value of --from-inventory.
 *
 * @returns what the name of a report begins with; undefined for the newest one
 * @throws UsageError for a date that is none
 */
export function dateOf(text: string): string | undefined {
  if (text === NEWEST) {
    return undefined;
  }
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}-\d{2}Z)?$/.test(text) || Number.isNaN(Date.parse(text.slice(0, 10)))) {
    throw new UsageError(
      'BadDate',
      `--from-inventory ${quoted(text)} is not a date`,
      'write a date such as 2026-11-27, the name of a report such as 2026-11-27T01-00Z, or nothing for the newest report',
    );
  }
  return text;
}
