import { MARK } from '../cli/layout';
import { table } from '../cli/table';
import type { Terminal } from '../cli/terminal';
import { visible } from '../errors/visible';
import type { Deployment } from '../model/deployment';
import { type StatusWord, statusOf } from '../model/status';
import type { ExistingBucket } from './existing';
import type { ReplicatedObject } from './replicate';

/** The result of the demo. */
export interface DemoData {
  /** `ok`: every file arrived as it is. */
  readonly status: StatusWord;
  readonly seconds: number;
  readonly pairs: readonly {
    readonly pair: string;
    readonly source: { readonly bucket: string; readonly account: string; readonly region: string };
    readonly replica: { readonly bucket: string; readonly account: string; readonly region: string };
    readonly objects: readonly ReplicatedObject[];
  }[];
  /** Source buckets that were there before the deployment. */
  readonly existing: readonly ExistingBucket[];
}

/** Rows of a pair that are printed; `--json` has all. */
const ROWS = 20;

const COLUMNS = ['KEY', 'SOURCE', 'REPLICA', 'STORAGE CLASS', 'TAGS', 'SHA-256'];

/** Joins what was found with where. */
export function demoData(
  config: Deployment,
  {
    objects,
    existing,
  }: {
    readonly objects: ReadonlyMap<string, readonly ReplicatedObject[]>;
    readonly existing: readonly ExistingBucket[];
  },
  seconds: number,
): DemoData {
  const place = (side: 'source' | 'destination', bucket: string) => ({
    bucket,
    account: config[side].account,
    region: config[side].region,
  });
  const pairs = config.pairs.map((pair) => {
    const names = pair.names;
    return {
      pair: pair.id,
      source: place('source', names.sourceBucket.name),
      replica: place('destination', names.replicaBucket.name),
      objects: objects.get(pair.id) ?? [],
    };
  });
  const all = pairs.flatMap((pair) => pair.objects.map((object) => ({ ...object, pair: pair.pair })));
  const { status } = statusOf({
    failed: [
      ...all.flatMap(({ pair, key, problems }) => problems.map((problem) => `pair ${pair}: ${key}: ${problem}`)),
      ...existing.flatMap(problemsOf),
    ],
    seen: all.map(({ pair, key }) => `pair ${pair}: ${key}`),
    nothing: 'there was no file',
  });
  return { status, seconds, pairs, existing };
}

/** What should not have happened to a bucket of somebody else. */
function problemsOf({ bucket, untouched, before, older }: ExistingBucket): string[] {
  return [
    ...(untouched ? [] : [`what its owner has set in bucket ${bucket} has changed`]),
    ...(older === before ? [] : [`audit names ${older} of the ${before} older objects of bucket ${bucket}`]),
  ];
}

/** The result for a person. */
export function formatDemo({ status, seconds, pairs, existing }: DemoData, columns: number): string {
  const tables = pairs.map(({ pair, source, replica, objects }) =>
    [
      `pair ${pair}`,
      ...[source, replica].map(
        ({ bucket, account, region }, index) =>
          `  ${index === 0 ? 'source ' : 'replica'}  ${bucket}  account ${account}  ${region}`,
      ),
      '',
      ...table([COLUMNS, ...objects.slice(0, ROWS).map(row)], columns - 2).map((line) => `  ${line}`),
      ...(objects.length > ROWS ? [`  and ${objects.length - ROWS} more: --json lists them all`] : []),
      ...objects.flatMap(({ key, problems }) => problems.map((problem) => `  ${visible(key)}: ${visible(problem)}`)),
    ].join('\n'),
  );
  const count = pairs.reduce((sum, pair) => sum + pair.objects.length, 0);
  const verdicts = {
    ok: `${count} of ${count} objects arrived`,
    failed: 'replication FAILED',
    unknown: 'it is unknown whether the objects arrived',
    skipped: 'there was no object to replicate',
  } as const satisfies Record<StatusWord, string>;
  const verdict = verdicts[status];
  return `${[...tables, ...existing.map(existingInWords)].join('\n\n')}\n\n${CAVEAT}\n\n${MARK[status]} ${verdict}, ${seconds.toFixed(0)} s in all.`;
}

/** What became of a bucket of somebody else, for a person. */
function existingInWords({ pair, bucket, theirs, untouched, before, older }: ExistingBucket): string {
  return [
    `bucket ${bucket} of its owner, pair ${pair}`,
    `  ${theirs.join(', ') || 'no settings of its owner'}: ${untouched ? 'as before' : 'CHANGED'}`,
    `  ${older} of ${before} objects that were there before are older than the rule: audit names them, backfill replicates them`,
  ].join('\n');
}

/** What nobody should read into the result. */
const CAVEAT = [
  'What this does not prove: the emulator copies at once, and checks the policy of the replica bucket alone. It ignores key policies, the',
  'policy of the replication role, and which key encrypts a replica. Its CloudFormation leaves replication and encryption out of buckets:',
  'the demo applied both from the deployed templates through the S3 API, and took the TLS-only statement out of the live bucket policies,',
  'since the emulator replicates over plain HTTP. It cannot read a stack output across accounts, so the key exchange went through SSM. It',
  'refuses composite alarms, so the stacks with them were left out. It publishes no replication metrics and sends no failure events. The',
  'templates are untouched by all this.',
].join(' ');

function row({ key, sourceStatus, replica, sha256 }: ReplicatedObject): string[] {
  return [
    key,
    sourceStatus,
    replica?.replicationStatus ?? 'missing',
    replica?.storageClass ?? '-',
    replica === null
      ? '-'
      : Object.entries(replica.tags)
          .map((tag) => tag.join('='))
          .join(' '),
    `${sha256.slice(0, 12)} ${replica?.sha256 === sha256 ? 'on both sides' : 'in the source only'}`,
  ];
}

/** Shows which step a long command is at. */
export interface StepProgress {
  /** Runs one step and shows how long it took. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
}

/** Shows nothing of the steps. */
export const QUIET: StepProgress = { step: (_title, work) => work() };

/** Shows the step that is under way, and each one that has ended with its seconds. */
export function terminalSteps({ progress, tell }: Pick<Terminal, 'progress' | 'tell'>): StepProgress {
  return {
    step: async (title, work) => {
      const start = performance.now();
      let mark: string = MARK.failed;
      progress(title);
      try {
        const result = await work();
        mark = MARK.ok;
        return result;
      } finally {
        progress('');
        tell(`${mark} ${title}  ${((performance.now() - start) / 1000).toFixed(1)} s`);
      }
    },
  };
}
