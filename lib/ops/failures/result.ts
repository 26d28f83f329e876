import { EXIT, type ExitCode } from '../../cli/command';
import type { Explanation } from './explanation';
import { type Group, isOpen } from './group';
import type { Counts, Undone } from './queue';

/** A group of events, its pair, and what it means. */
export interface GroupData extends Group {
  /** Id of the pair; null for a bucket that is no source bucket of the configuration. */
  readonly pair: string | null;
  /** How many versions of objects. */
  readonly count: number;
  readonly explanation: Explanation;
}

/** A message that is no replication event. */
export interface Unreadable {
  readonly messageId: string;
  readonly why: string;
  readonly body: string;
}

/** What messages say. */
export interface Findings {
  readonly groups: readonly GroupData[];
  /** Messages that S3 sent when notifications were set. */
  readonly testEvents: number;
  readonly unreadable: readonly Unreadable[];
}

/** How much of the queue was read. */
export interface Extent {
  readonly queue: { readonly name: string; readonly approximate: Counts };
  /** Messages, those out of scope too. */
  readonly read: number;
  /** Reading ended at the limit: there may be more. */
  readonly truncated: boolean;
}

/** What became of the messages that were to be removed. */
export interface Removed {
  readonly messages: number;
  readonly failed: readonly Undone[];
}

/** The result of `ops failures`; with `--watch`, of each round. */
export interface FailuresData extends Extent, Findings {
  /** Nothing that somebody has to look at is left in the queue. */
  readonly ok: boolean;
  /** Null without `--ack`. */
  readonly removed: Removed | null;
}

/** How the command ends, by what is left in the queue. */
export function exitCodeOf({ groups, unreadable }: Findings, extent: Extent): ExitCode {
  if (unreadable.length > 0 || groups.some(isOpen)) {
    return EXIT.wrong;
  }
  return extent.truncated || isUnseen(extent) ? EXIT.unknown : EXIT.ok;
}

/** Nothing came, though SQS counts messages: another reader has them, or the count is behind. */
export function isUnseen({ read, queue: { approximate } }: Extent): boolean {
  return read === 0 && approximate.visible + approximate.held > 0;
}
