import type { Method } from './audit-range';
import type { Findings } from './findings';
import type { AuditReport, PairReport } from './result';
import type { Subject } from './subject';
import type { TallyData } from './tally';

/** What a report is made of. */
export interface Parts extends Pick<AuditReport, 'deployment' | 'startedAt' | 'endedAt' | 'olderThan' | 'requests'> {
  readonly method: Pick<Method, 'matchedBy' | 'deepPercent'>;
  readonly subjects: readonly Subject[];
  readonly totals: (pair: string) => TallyData | undefined;
  readonly findings: Findings;
}

export function makeReport({ method, subjects, totals, findings, ...rest }: Parts): AuditReport {
  let versions = 0;
  let unknown = 0;
  const pairs = subjects.flatMap(({ pair, source, replica }): PairReport[] => {
    const counted = totals(pair.id);
    if (counted === undefined) {
      return [];
    }
    const { deep, deepUnknown, ...tally } = counted;
    versions += deep;
    unknown += deepUnknown;
    return [{ pair: pair.id, sourceBucket: source.name, replicaBucket: replica.name, prefix: source.prefix, ...tally }];
  });
  return {
    ok: pairs.every(({ wrong, states }) => wrong === 0 && states.unknown.versions === 0),
    ...rest,
    matchedBy: method.matchedBy,
    deep: method.deepPercent === 0 ? null : { versions, unknown, percent: method.deepPercent },
    pairs,
    ...findings.shown(),
  };
}
