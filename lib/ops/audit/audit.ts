import { resolve } from 'node:path';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { unanswered } from '../../aws/aws-error';
import { isEmulator } from '../../aws/emulator';
import { type CommandArguments, type Context, EXIT, type Outcome } from '../../cli/command';
import { CsvFile } from '../../cli/csv';
import { setEagerGc } from '../../cli/gc';
import { groupsOf } from '../../model/groups';
import { namesOf } from '../../model/names';
import { type Checkpoint, readCheckpoint } from './checkpoint';
import { describeCost, estimate } from './cost';
import type { DeepFacts } from './examine/deep';
import { formatReport } from './format';
import { type AuditOptions, readOptions } from './options';
import { makeReport } from './report';
import { ReportFile } from './report-file';
import { CSV_COLUMNS, type DifferencesFile } from './result';
import { PairAudit } from './run';
import { Session } from './session';
import { type Subject, subjectsOf } from './subject';

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
  const session = new Session(context, options, subject, startedAt, counts, audits, csv);
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
