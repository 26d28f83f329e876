import { type Context, Outcome } from '../../cli/command';
import { writePage } from '../../cli/html/page';
import { withUnwritten } from '../../cli/unwritten';
import { worst } from '../../model/status';
import { formatReport } from './format';
import { htmlReport } from './html/page';
import type { AuditProgress } from './progress';
import type { AuditReport, DifferencesFile, PairReport } from './report';
import type { TallyData } from './tally';
import { statusOfPair } from './verdict';

/** What an audit has found, however it compared. */
export interface Compared extends Pick<AuditReport, 'startedAt' | 'matchedBy' | 'requests' | 'deep' | 'inventory' | 'pairs'> {
  readonly progress: AuditProgress;
  readonly csv: DifferencesFile | undefined;
}

/** Makes the report of what was compared, and writes the files that were asked for. */
export function conclude(
  context: Context,
  { olderThan, htmlFile }: { readonly olderThan: number; readonly htmlFile: string | undefined },
  { progress, csv, startedAt, matchedBy, requests, deep, inventory, pairs }: Compared,
): Outcome {
  const { config, clock } = context;
  const status = worst(pairs.map(statusOfPair), 'there is no pair');
  const report: AuditReport = {
    status: status.status,
    deployment: config.deployment,
    startedAt,
    endedAt: clock.now().toISOString(),
    olderThanSeconds: olderThan / 1000,
    requests: { ...requests },
    matchedBy,
    deep,
    inventory,
    pairs,
    ...progress.differences.shown(),
  };
  const unwritten = [...progress.finish(), ...writePage(htmlFile, () => htmlReport(config, report))];
  csv?.close();
  return withUnwritten(new Outcome(status, report, formatReport(config, report)), unwritten, context);
}

/** What a report has of one pair. */
export function pairReport(
  pair: Pick<PairReport, 'pair' | 'sourceBucket' | 'replicaBucket' | 'prefix'>,
  { source, replica, states, wrong, ages, prefixes }: TallyData,
): PairReport {
  return { ...pair, source, replica, states, wrong, ages, prefixes };
}
