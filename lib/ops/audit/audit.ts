import { closeSync, openSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { unanswered } from '../../aws/aws-error';
import { isEmulator } from '../../aws/emulator';
import { readDailyMetrics } from '../../aws/monitoring/daily-metrics';
import { type CommandArguments, type Context, EXIT, type Outcome } from '../../cli/command';
import { CsvFile } from '../../cli/csv';
import { setEagerGc } from '../../cli/gc';
import { allOptions, fileOption, minutesOption, numberOption } from '../../cli/options';
import { whole } from '../../cli/units';
import { messageOf, UsageError } from '../../errors/errors';
import { groupsOf } from '../../model/groups';
import { namesOf } from '../../model/names';
import { type Method, PairAudit } from './audit-range';
import type { DeepFacts } from './examine/deep';
import type { Findings } from './findings';
import { formatReport } from './format';
import { htmlReport } from './html/page';
import { type AuditReport, CSV_COLUMNS, type DifferencesFile, type PairReport } from './result';
import { type Checkpoint, readCheckpoint, Session } from './session';
import { type Subject, subjectsOf } from './subject';
import type { TallyData } from './tally';

/**
 * Compares every version of both buckets of each pair, asks S3 why some are missing, and says which of it is wrong.
 *
 * @throws UsageError for an option that makes no sense, and a file that cannot be written
 * @throws AbortError when the person declines what `--deep` costs
 * @throws UnreachableError when there is no answer, or the person interrupts; `--resume` then goes on
 */
export async function audit(context: Context, args: CommandArguments): Promise<Outcome> {
  setEagerGc(true);
  const { config, terminal, clock } = context;
  const options = readOptions(context, args);
  const counts = { list: 0, head: 0, get: 0 };
  const html = args.values['html'];
  const page = typeof html === 'string' ? ReportFile.open(resolve(context.directory, html)) : undefined;
  const subjects = await subjectsOf(context, options, counts);
  const subject = describeSubject(subjects, options);
  const earlier = options.resume ? readCheckpoint(options.checkpointFile, subject) : undefined;
  Object.assign(counts, earlier?.requests);
  if (options.deepPercent > 0 && earlier === undefined) {
    await agreeOnCost(context, subjects, options);
  }
  const method = { matchedBy: isEmulator() ? 'age' : 'version-id', deepPercent: options.deepPercent } as const;
  const deepFacts = options.deepPercent > 0 ? await readDeepFacts(context) : undefined;
  const audits = new Map(
    subjects.map((one) => {
      const { id } = one.pair;
      return [id, new PairAudit(one, method, deepFacts?.get(id) ?? { replicaKeyArn: null }, clock, earlier?.pairs[id])] as const;
    }),
  );
  const csv = options.csvFile === undefined ? undefined : CsvFile.open(options.csvFile, CSV_COLUMNS, earlier?.csvBytes ?? 0);
  const startedAt = earlier?.startedAt ?? clock.now().toISOString();
  const session = new Session(context, options.checkpointFile, subject, startedAt, counts, audits, csv);
  if (earlier !== undefined) {
    session.findings.restore(earlier.findings);
  }
  await runAll(session, audits, context, options, csv);
  const report = makeReport({
    deployment: config.deployment,
    startedAt,
    endedAt: clock.now().toISOString(),
    method,
    olderThan: options.olderThan,
    requests: { ...counts },
    subjects,
    totals: (id) => audits.get(id)?.totals,
    findings: session.findings,
  });
  page?.write(report);
  session.finish();
  if (method.matchedBy === 'age') {
    terminal.tell('an emulator gives replicas new version ids: versions of a key are matched by age');
  }
  const unknown = report.pairs.some(({ states }) => states.unknown.versions > 0);
  const wrong = report.pairs.some((pair) => pair.wrong > 0);
  return { exitCode: wrong ? EXIT.wrong : unknown ? EXIT.unknown : EXIT.ok, data: report, text: formatReport(report) };
}

/** One pair after the other: each keeps all connections busy. */
async function runAll(
  session: Session,
  audits: ReadonlyMap<string, PairAudit>,
  { terminal }: Context,
  { checkpointFile }: AuditOptions,
  csv: DifferencesFile | undefined,
): Promise<void> {
  try {
    for (const each of audits.values()) {
      await each.run((batch) => session.take(batch));
    }
  } catch (error) {
    terminal.progress('');
    if ([...audits.values()].some(({ progress }) => progress !== undefined)) {
      session.save();
      terminal.tell(`what was compared is in ${checkpointFile}: repeat the command with --resume to go on`);
    }
    throw error;
  } finally {
    csv?.close();
  }
}

async function agreeOnCost(context: Context, subjects: readonly Subject[], { deepPercent }: AuditOptions): Promise<void> {
  const { terminal, yes } = context;
  terminal.tell(describeCost(await estimate(context, subjects, deepPercent), deepPercent));
  if (!yes) {
    await terminal.confirm('Send them?');
  }
}

/**
 * By id of the pair: each group has a key of its own.
 *
 * @throws AppError when nobody says which key the replicas should be under
 */
async function readDeepFacts({ clients, config, pairs }: Context): Promise<ReadonlyMap<string, DeepFacts>> {
  const facts = new Map<string, DeepFacts>();
  for (const group of isEmulator() ? [] : groupsOf({ ...config, pairs })) {
    const parameter = namesOf(group).destination.keyParameter;
    try {
      const ssm = await clients.ssm('destination');
      const { Parameter: found } = await ssm.send(new GetParameterCommand({ Name: parameter }));
      for (const { id } of group.pairs) {
        facts.set(id, { replicaKeyArn: found?.Value ?? null });
      }
    } catch (error) {
      throw unanswered(`SSM parameter ${parameter}`, error);
    }
  }
  return facts;
}

/** What a checkpoint belongs to. */
function describeSubject(subjects: readonly Subject[], { olderThan, deepPercent, csvFile }: AuditOptions): Checkpoint['subject'] {
  return JSON.stringify({
    pairs: subjects.map(({ pair, source, replica }) => ({ ...pair, source: source.name, replica: replica.name })),
    olderThan,
    deepPercent,
    csvFile: csvFile ?? null,
  });
}

/** The command's own options. */
export interface AuditOptions {
  /** Milliseconds: what is younger may be on its way. */
  readonly olderThan: number;
  /** Percent of the versions to ask more about; 0 for none. */
  readonly deepPercent: number;
  /** Requests a second to each side. @default - as many as there is work for */
  readonly rate: number | undefined;
  /** Go on where the last audit ended. */
  readonly resume: boolean;
  /** Takes the state of an audit that is interrupted. */
  readonly checkpointFile: string;
  /** Takes every difference. */
  readonly csvFile: string | undefined;
}

const DEFAULT_OLDER_THAN = 15;
const CHECKPOINT = '.s3-replication-audit.json';

/** @throws UsageError when a number is none */
export function readOptions({ directory }: Pick<Context, 'directory'>, { values }: CommandArguments): AuditOptions {
  return allOptions<AuditOptions>({
    olderThan: () => (minutesOption(values, 'older-than') ?? DEFAULT_OLDER_THAN) * 60_000,
    deepPercent: () => numberOption(values, 'deep', 'percentage', 100, 1) ?? 0,
    rate: () => numberOption(values, 'rate', 'number of requests a second', 10_000, 100),
    resume: () => values['resume'] === true,
    checkpointFile: () => fileOption(values, 'checkpoint', directory) ?? resolve(directory, CHECKPOINT),
    csvFile: () => fileOption(values, 'csv', directory),
  });
}

const PAGE = 1000;

/** How many requests an audit will send, as far as that is known. */
export interface Cost {
  readonly versions: number;
  readonly list: number;
  readonly head: number;
}

/** An upper bound: the filter's prefix may leave most of a bucket out. Undefined when a bucket's size is not known. */
export async function estimate(context: Context, subjects: readonly Subject[], percent: number): Promise<Cost | undefined> {
  const question = { metric: 'NumberOfObjects', storageType: 'AllStorageTypes' } as const;
  const counts = await Promise.all(subjects.map(({ source }) => readDailyMetrics(context, source.name, [question])));
  let versions = 0;
  for (const [count] of counts) {
    if (count === undefined) {
      return undefined;
    }
    versions += count;
  }
  return { versions, list: 2 * Math.ceil(versions / PAGE), head: 2 * Math.ceil((versions * percent) / 100) };
}

/** What `--deep` will send, for a person. */
export function describeCost(cost: Cost | undefined, percent: number): string {
  const each = `--deep ${percent} sends two HEAD requests for ${percent} % of the versions, one to each side`;
  return cost === undefined
    ? `${each}: ${whole(20 * percent)} for each 1,000 versions, on top of 2 list requests. CloudWatch does not say how many versions there are`
    : `${each}: about ${whole(cost.head)} for the ${whole(cost.versions)} versions that CloudWatch counts, on top of ${whole(cost.list)} list requests`;
}

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

/** The file that takes the report as a page. Whether it can be written shows before hours of work. */
export class ReportFile {
  private constructor(private readonly file: string) {}

  /** @throws UsageError when the file cannot be written */
  static open(file: string): ReportFile {
    try {
      closeSync(openSync(file, 'a'));
      return new ReportFile(file);
    } catch (error) {
      throw new UsageError('NoHtml', `${file} cannot be written: ${messageOf(error)}`, 'name another file with --html');
    }
  }

  write(report: AuditReport): void {
    writeFileSync(this.file, htmlReport(report));
  }
}
