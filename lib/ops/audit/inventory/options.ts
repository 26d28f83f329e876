import type { CommandArguments } from '../../../cli/command';
import { textOption } from '../../../cli/options';
import { UsageError } from '../../../errors/errors';
import { didYouMean } from '../../../errors/nearest';
import { quoted } from '../../../errors/visible';
import { NEWEST } from '../command';
import { ENGINES, type Engine } from '../report';

/** How an audit compares reports. */
export interface InventoryOptions {
  readonly engine: Engine;
  /** A date, or a date with a time as S3 names a report. @default - the newest report */
  readonly date: string | undefined;
}

/** Options that are about listings and requests. */
const OF_LISTINGS = ['deep', 'rate', 'resume', 'checkpoint'] as const;

/**
 * Reads the options of an audit of inventory reports; undefined when it is to list.
 *
 * @throws UsageError for a date or an engine that is none, and for options that do not go together
 */
export function inventoryOptions(values: CommandArguments['values']): InventoryOptions | undefined {
  const from = textOption(values, 'from-inventory');
  const engine = textOption(values, 'engine');
  if (from === undefined) {
    if (engine !== undefined) {
      throw new UsageError('NoInventory', '--engine compares inventory reports only', 'add --from-inventory, or leave it out');
    }
    return undefined;
  }
  const needless = OF_LISTINGS.filter((option) => values[option] !== undefined);
  if (needless.length > 0) {
    throw new UsageError(
      'OptionRefused',
      `--from-inventory does not go together with ${needless.map((option) => `--${option}`).join(', ')}: it reads reports, and asks S3 about no version`,
      'leave it out, or audit without --from-inventory',
    );
  }
  return { engine: engineOf(engine), date: dateOf(from) };
}

function engineOf(text: string | undefined): Engine {
  const engine = ENGINES.find((each) => each === (text ?? ENGINES[0]));
  if (engine === undefined) {
    throw new UsageError(
      'UnknownEngine',
      `there is no engine ${quoted(text)}`,
      `${didYouMean(text ?? '', [...ENGINES])}engines: ${ENGINES.join(', ')}`,
    );
  }
  return engine;
}

function dateOf(text: string): string | undefined {
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
