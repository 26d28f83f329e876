import type { CommandArguments } from '../../../cli/command';
import { textOption } from '../../../cli/options';
import { UsageError } from '../../../errors/errors';
import { didYouMean } from '../../../errors/nearest';
import { quoted } from '../../../errors/visible';
import { dateOf } from '../../inventory/dates';
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
