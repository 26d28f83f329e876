import { whole } from '../../../cli/units';
import type { Pair } from '../../../config/replication-config';
import { unknownsOf } from '../../copy/unknowns';
import type { Survey } from '../survey';

/** What an auditor must not read into a report: nobody else says it. */
export function notShown({
  pair,
  survey,
  asOf,
  emulator,
  all,
}: {
  readonly pair: Pair;
  readonly survey: Survey;
  readonly asOf: boolean;
  readonly emulator: boolean;
  readonly all: boolean;
}): string[] {
  const { archived } = survey;
  return [
    ...(emulator ? ['S3 was an emulator on this machine: no time, key or permission of AWS took part'] : []),
    ...(all ? [] : ['objects that are not in the sample were not read']),
    ...(archived.objects > 0
      ? [`${whole(archived.objects)} objects in archive classes were not restored: S3 takes hours to make them readable`]
      : []),
    'older versions of the objects were not restored',
    'the speed is that of this machine, its network and this hour; a larger restore may be faster or slower for each object',
    'both accounts, their credentials and their keys were at hand, as they may not be after a disaster',
    'settings of the source bucket, such as its policy, lifecycle rules and notifications, are no part of a copy',
    'that applications work with what was restored was not tried',
    ...unknownsOf(pair, asOf, emulator).map(({ text }) => text),
  ];
}
