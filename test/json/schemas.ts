import { z } from 'zod';
import { SCHEMA_VERSION } from '../../lib/cli/documents';
import { ENGINES, REMEDIES, STATES } from '../../lib/ops/audit/report';

/**
 * The JSON of every command. Objects are strict, so that a test notices a key that is not written down; docs/json, made of this, allows more
 * keys, since a new one is no new version.
 */

const text = z.string();
const count = z.int().min(0);
const number = z.number();
const flag = z.boolean();
const list = <Item extends z.ZodType>(item: Item) => z.array(item);
const orNull = <Value extends z.ZodType>(value: Value) => z.nullable(value);
const object = z.strictObject;
const map = <Value extends z.ZodType>(value: Value) => z.record(z.string(), value);

const status = z
  .enum(['ok', 'failed', 'unknown', 'skipped'])
  .meta({ id: 'status', description: 'docs/results.md says what each word means' });
const time = z.iso.datetime().meta({ id: 'time', description: 'ISO 8601, in UTC' });
const bytes = count.describe('bytes');
const seconds = number.min(0).describe('seconds');
const account = text.describe('account id');
const pair = text.describe('id of the pair');

const error = object({
  code: text.describe('stable name of the fault'),
  message: text,
  hint: orNull(text).describe('what to do'),
}).meta({ id: 'error' });
const configError = error.extend({
  problems: list(object({ path: text, found: z.unknown().optional(), remedy: text }))
    .optional()
    .describe('of InvalidConfig: everything that is wrong'),
});

const repair = object({
  resource: text,
  commands: list(text).describe('shell commands in their order; empty where only a person can repair it'),
  notes: list(text),
}).meta({ id: 'repair' });
const finding = [
  object({ status: z.literal('ok'), found: text, foreign: list(text).optional() }),
  object({ status: z.literal('failed'), found: text, expected: text, fix: repair }),
  object({ status: z.enum(['unknown', 'skipped']), why: text }),
] as const;
const checkName = { id: text.describe('docs/troubleshooting.md has an entry for each'), title: text, pair: orNull(pair) };
const check = z
  .union([finding[0].extend(checkName), finding[1].extend(checkName), finding[2].extend(checkName)])
  .meta({ id: 'check' });

const amount = object({ objects: count, bytes }).meta({ id: 'amount' });
const range = object({ least: number, most: number }).meta({ id: 'range' });
const explanation = object({
  cause: text,
  fix: text,
  commands: list(object({ account: text, command: text })),
  afterwards: orNull(text),
  page: text,
}).meta({ id: 'explanation' });
const unwritten = list(configError).optional().describe('files that could not be written');
const rounds = count.optional().describe('of --watch, when it was interrupted: how many rounds were printed');
const markers = { keys: count, ignored: count, first: orNull(text), last: orNull(text) };

// audit
const versions = object({ versions: count, bytes }).meta({ id: 'versions' });
const sideTotals = versions.extend({ deleteMarkers: count });
const stateTotals = versions.extend({ wrong: count });
const state = z.enum(STATES);
const snapshot = object({ takenAt: time, files: count, bytes, verified: z.enum(['md5', 'size']) });
const audit = object({
  startedAt: time,
  endedAt: time,
  olderThanSeconds: seconds,
  requests: object({ list: count, head: count, get: count }),
  matchedBy: z.enum(['version-id', 'age']),
  inventory: orNull(
    object({
      engine: z.enum(ENGINES),
      notShown: list(text).describe('not known of any version, since no inventory has it'),
      pairs: list(
        object({
          pair,
          source: snapshot,
          replica: snapshot,
          notJudged: object({ source: count, replica: count }).describe('versions written after S3 looked at one of the buckets'),
          duplicates: count.describe('rows that repeat another one'),
          seconds: object({ verify: number, compare: number }).describe(
            'to read or look at the files, and to compare what is in them',
          ),
        }),
      ),
    }),
  ).describe('the reports of S3 Inventory that were compared; null where both buckets were listed'),
  deep: orNull(object({ versions: count, unknown: count, skipped: count, dualLayer: count, percent: number })),
  pairs: list(
    object({
      pair,
      sourceBucket: text,
      replicaBucket: text,
      prefix: text,
      source: sideTotals,
      replica: sideTotals,
      states: z.record(state, stateTotals),
      wrong: count,
      ages: list(versions.extend({ upToSeconds: orNull(seconds) })),
      prefixes: list(object({ prefix: orNull(text), states: z.partialRecord(state, stateTotals) })),
    }),
  ),
  differences: list(
    object({
      pair,
      state,
      wrong: flag,
      key: text,
      versionId: text,
      isLatest: flag,
      isDeleteMarker: flag,
      lastModified: text,
      sourceSize: orNull(bytes),
      replicaSize: orNull(bytes),
      sourceClass: orNull(text),
      replicaClass: orNull(text),
      replicationStatus: orNull(text),
      why: text,
      remedy: z.enum(REMEDIES).describe('what replicates it, or what to do'),
    }),
  ),
  moreDifferences: count,
  unwritten,
});

// backfill and retry
const jobObjects = object({ total: orNull(count), succeeded: count, failed: count });
const jobStatus = orNull(text).describe("S3's own word");
const job = { job: text.describe('id of the job'), pair, jobStatus, objects: jobObjects };
const jobsRun = object({
  jobs: list(
    object({
      ...job,
      status,
      nothingToDo: flag,
      sourceBucket: text,
      replicaBucket: text,
      createdAt: orNull(time),
      endedAt: orNull(time),
      problems: list(object({ code: text, reason: text })),
      failures: orNull(
        list(
          object({
            reason: text,
            count,
            explanation,
            objects: list(object({ key: text, versionId: orNull(text), message: text })),
          }),
        ),
      ),
      reportProblem: orNull(text),
    }),
  ),
});
const backfill = z.union([
  jobsRun,
  object({ jobs: list(object({ ...job, createdAt: orNull(time), endedAt: orNull(time), description: text })) }),
  object(job),
]);

// bootstrap
const trust = object({ present: list(text), kept: list(text), dropped: list(text) });
const bootstrap = object({
  environments: list(
    object({
      owner: text,
      account,
      region: text,
      purpose: text,
      state: z.enum(['missing', 'present', 'other-qualifier', 'unknown']),
      upToDate: flag,
      trust: trust.extend({ required: list(text) }),
      lookup: trust,
      command: orNull(text),
      flags: list(object({ flag: text, value: orNull(text), why: text })),
      obstacle: orNull(text),
      applied: flag,
    }),
  ),
  policies: list(
    object({ name: text, arn: text, document: z.looseObject({}), action: z.enum(['create', 'update', 'none', 'unknown']) }),
  ),
  wildcards: list(object({ actions: list(text), why: text })),
  warnings: list(text),
  failure: orNull(text),
});

// config
const config = z.union([
  object({ origin: text, pairs: list(pair), warnings: list(text) }),
  object({
    origin: text,
    config: z.looseObject({}),
    values: list(
      object({
        key: text,
        value: z.unknown(),
        from: z.enum(['file', 'default', 'option', 'context']),
        where: text.optional(),
      }),
    ),
  }),
  object({ schema: z.looseObject({}) }),
]);

// cost
const tiers = list(object({ upTo: number.optional(), usd: number }));
const cost = z.union([
  object({
    currency: z.literal('USD'),
    prices: object({ file: text, asOf: text }),
    origin: object({ kind: z.enum(['none', 'options', 'file', 'measured']), text }),
    backfill: flag,
    workloads: map(
      object({
        objects: number,
        averageSize: number,
        storedBytes: number,
        storedObjects: number,
        overwrites: number,
        deletes: number,
      }),
    ),
    total: range.extend({ open: count }),
    lines: list(
      object({
        id: text,
        item: text,
        pair: orNull(pair),
        quantity: orNull(range),
        unit: text,
        formula: text,
        price: object({ id: text, region: text, tiers: orNull(tiers), source: orNull(text), asOf: orNull(text) }),
        usd: orNull(range),
      }),
    ),
    missingPrices: list(object({ id: text, region: text, unit: text, page: text })),
    warnings: list(text),
    notCounted: list(text),
    changes: orNull(list(object({ option: text, value: z.union([text, flag]), usd: range, open: list(text) }))),
  }),
  object({
    file: text,
    changed: list(object({ id: text, region: text, unit: text, tiers, source: text, asOf: text, note: text.optional() })),
    unchanged: count,
    notFound: list(object({ id: text, region: text, why: text })),
  }),
]);

// demo
const bucket = object({ bucket: text, account, region: text });
const demo = z.union([
  object({
    seconds,
    pairs: list(
      object({
        pair,
        source: bucket,
        replica: bucket,
        objects: list(
          object({
            key: text,
            bytes,
            sourceStatus: text,
            replica: orNull(object({ replicationStatus: text, storageClass: text, tags: map(text), sha256: text })),
            sha256: text,
            problems: list(text),
          }),
        ),
      }),
    ),
    existing: list(object({ pair, bucket: text, theirs: list(text), untouched: flag, before: count, older: count })),
    kept: orNull(object({ pid: count, directory: text, environment: map(text) })),
  }),
  object({ python: text.describe('of --prefetch: the Python that has the emulator') }),
]);

const doctor = object({
  checks: list(check),
  repairs: list(repair),
  summary: object({ ok: count, failed: count, unknown: count, skipped: count }),
});

// drill
const drillEnd = z.enum(['same', 'different', 'failed', 'archived', 'unknown']);
const requests = object({ list: count, head: count, get: count, put: count, other: count }).meta({ id: 'requests' });
const origin = z.enum(['foreign', 'unknown']);
const marker = object({ key: text, versionId: text, lastModified: text });
const drill = object({
  reports: list(
    object({
      status,
      deployment: text,
      pair,
      source: bucket,
      replica: bucket,
      scratch: object({ bucket: text, made: flag }),
      startedAt: time,
      endedAt: time,
      asOf: orNull(text),
      prefix: text,
      emulator: flag,
      sample: orNull(object({ size: count, seed: text })),
      everything: flag,
      objects: amount,
      archived: amount,
      vanished: count,
      markers: object({ ...markers, origin, hidden: list(marker) }),
      ends: z.record(drillEnd, amount),
      comparedWith: object({ source: count, replica: count }),
      comparedBy: object({ checksum: count, content: count }),
      seconds: object({ list: seconds, recoveryPoint: seconds, restore: seconds, compare: seconds, cleanUp: seconds }),
      recoveryTime: object({
        objectsPerSecond: orNull(number),
        bytesPerSecond: orNull(number),
        wholeSeconds: orNull(number),
        basis: z.enum(['measured', 'extrapolated']),
        formula: text,
      }),
      recoveryPoint: object({
        basis: z.enum(['comparison', 'newest-replica']),
        seconds: orNull(number),
        newest: orNull(text),
        missing: orNull(object({ versions: count, current: count })),
        lost: orNull(object({ versions: count, current: count, first: list(z.looseObject({})) })),
        unknown: count,
        oldest: orNull(marker.extend({ why: text })),
      }),
      confidence: orNull(object({ level: number, atMost: number })),
      requests,
      left: list(text),
      notShown: list(text),
      results: list(
        object({
          end: drillEnd,
          key: text,
          versionId: text,
          lastModified: text,
          size: bytes,
          verifiedBy: orNull(text),
          comparedWith: orNull(z.enum(['source', 'replica'])),
          comparedBy: orNull(z.enum(['checksum', 'content'])),
          why: orNull(text),
        }),
      ),
      moreResults: count,
    }),
  ),
  files: list(text),
  unwritten,
});

const exchange = object({
  parameter: text,
  replicaKeyArn: text,
  contextKey: text,
  previous: z.unknown().describe('what was recorded before; null when nothing was'),
  changed: flag,
});

// explain
const version = object({
  versionId: text,
  isLatest: flag,
  isDeleteMarker: flag,
  lastModified: time,
  size: orNull(bytes),
  storageClass: orNull(text),
  encryption: orNull(object({ type: text, kmsKeyId: orNull(text) })),
  status,
  replicationStatus: orNull(text).describe("S3's own word"),
  rule: orNull(object({ id: text, matches: flag, why: text })),
  verdict: text,
  action: orNull(text),
  counterpart: orNull(
    object({
      found: z.enum(['there', 'absent', 'unknown']),
      versionId: orNull(text),
      size: orNull(bytes),
      replicationStatus: orNull(text),
      why: orNull(text),
    }),
  ),
}).meta({ id: 'version' });
const explain = z.union([
  explanation.extend({ code: text, concerns: list(object({ kind: text, name: text, text })) }),
  object({
    bucket: text,
    key: text,
    side: z.enum(['source', 'destination']),
    pair,
    versions: list(version),
    deletedMeanwhile: list(text),
    otherBucket: object({ bucket: text, versions: orNull(count), why: orNull(text), deleteMarkers: list(version) }),
  }),
]);

// failures
const failedObject = object({
  bucket: text,
  key: text,
  versionId: orNull(text),
  time: text,
  requestTime: orNull(text),
  operation: orNull(text),
}).meta({ id: 'failedObject' });
const failures = object({
  queue: object({ name: text, approximate: object({ visible: count, held: count }) }),
  read: count,
  truncated: flag,
  groups: list(
    object({
      reason: orNull(text),
      event: text,
      pair: orNull(pair),
      bucket: text,
      ruleId: orNull(text),
      destination: orNull(text),
      somebodyElses: flag,
      count,
      explanation,
      objects: list(failedObject),
      heartbeats: orNull(object({ count, newest: failedObject })),
    }),
  ),
  testEvents: count,
  unreadable: list(object({ messageId: text, why: text, body: text })),
  removed: orNull(object({ messages: count, failed: list(object({ messageId: text, why: text })) })),
  rounds,
});

const known = <Value extends z.ZodType>(value: Value) => z.union([value, z.literal('unknown')]);
const surveyedBucket = object({
  name: text,
  versioning: known(z.enum(['Enabled', 'Suspended', 'Disabled'])),
  encryption: known(z.looseObject({})),
  replication: known(orNull(z.looseObject({}))),
  objectLockDays: known(orNull(count)),
  objects: known(count),
  bytes: known(bytes),
  archivedBytes: known(bytes),
  unknown: list(text),
});
const workflows = object({
  files: list(text).describe('every workflow, as an absolute path'),
  written: list(text).describe('those that were not there, or differed'),
  next: list(text).describe('the commands that follow'),
});

const written = object({
  file: text,
  configuration: z.looseObject({}),
  pairs: list(
    object({
      id: text,
      notes: list(text),
      bucket: orNull(surveyedBucket).describe('null where the bucket is new, or AWS was not asked'),
      unknown: list(text),
    }),
  ),
  notCarried: list(text).optional().describe('of --from-terraform'),
  terraform: object({ steps: list(text), removedBlocks: text, stateCommands: list(text) })
    .optional()
    .describe('of --from-terraform: what Terraform has to forget'),
  next: list(text).describe('the commands that follow'),
});

const init = z.union([written, workflows]);

// plan and deploy
const stop = object({ name: text, kind: z.enum(['resource', 'object-lock', 'lockdown', 'permissions']), reason: text });
const refusal = object({ name: text, reason: text });
const stack = object({
  id: text,
  stackName: text,
  account,
  region: text,
  state: z.enum(['new', 'recreated', 'deployed', 'unfinished']),
  resources: list(
    object({
      logicalId: text,
      type: text,
      path: text,
      name: orNull(text),
      change: z.enum(['created', 'changed', 'replaced', 'maybe-replaced', 'deleted', 'left-behind']),
      properties: list(object({ name: text, before: z.unknown(), after: z.unknown() })),
      keepsOld: flag,
    }),
  ),
  permissions: list(object({ text, before: orNull(text) })),
  other: list(text),
  stops: list(stop),
  refusals: list(refusal),
  warnings: list(text),
}).meta({ id: 'stack' });
const plan = object({
  stacks: list(stack),
  refusals: list(refusal),
  stops: list(stop),
  accepted: list(stop),
  unused: list(text),
  driftChecked: z.literal(false),
});
const deploy = object({ stacks: list(stack), deployed: flag, driftChecked: z.literal(false) });

// restore
const copyJob = {
  job: text.describe('id of the job'),
  region: text,
  jobStatus,
  objects: jobObjects,
  problems: list(object({ code: text, reason: text })),
  failures: orNull(
    list(object({ reason: text, count, objects: list(object({ key: text, versionId: orNull(text), message: text })) })),
  ),
  reportProblem: orNull(text),
};
const restoreRun = object({
  dryRun: flag,
  pairs: list(
    object({
      pair,
      replicaBucket: text,
      target: text,
      versioned: flag,
      replicated: flag,
      prefix: text,
      asOf: orNull(text),
      overwrite: flag,
      withoutTags: flag,
      markerOrigin: origin,
      ignoreForeignMarkers: flag,
      requestArchived: orNull(number),
      inventory: orNull(object({ report: text, takenAt: time, files: count, bytes })).describe(
        'the report of S3 Inventory that versions were chosen from; null where the replica bucket was listed',
      ),
      plan: object({
        chosen: amount,
        copy: amount,
        archived: amount,
        compare: amount,
        there: amount,
        conflict: amount,
        batch: amount,
        replaced: count,
        largest: bytes,
        deleted: count,
        markers: object(markers),
        later: count,
        stays: count,
        requests: object({ from: count, look: count, put: count }),
        listRequests: count,
      }),
      cost: list(object({ quantity: number, unit: z.enum(['requests', 'bytes']), account, price: text })),
      time: object({ seconds: number, assumption: text }),
      unknowns: list(object({ code: text, text })),
      totals: orNull(
        object({
          ends: z.record(z.enum(['restored', 'there', 'conflict', 'archived', 'failed']), amount),
          listedOnly: count,
          verifiedBy: z.record(z.enum(['object-checksum', 'part-checksums', 'transfer']), count),
          withoutTags: count,
          deleted: count,
          markers: object(markers),
          later: count,
          stays: count,
          requested: count,
        }),
      ),
      vanished: orNull(count),
      batch: orNull(
        object({
          role: text,
          bucket: text,
          statements: list(object({ policy: text, arn: text, statements: list(z.looseObject({})) })),
          result: orNull(object({ ...copyJob, listed: amount })),
        }),
      ),
    }),
  ),
  requests,
  seconds,
  notRestored: list(
    object({
      pair,
      end: z.enum(['conflict', 'archived', 'failed', 'foreign-marker']),
      key: text,
      versionId: text,
      lastModified: text,
      size: bytes,
      storageClass: text,
      why: text,
    }),
  ),
  moreNotRestored: count,
  unwritten,
});
const restore = z.union([restoreRun, object({ pair, ...copyJob }), object(job)]);

const scp = object({ account, characters: count, most: count, policy: z.looseObject({}) });

const statements = object({
  resources: list(
    object({
      kind: z.enum(['key', 'bucket', 'role']),
      account,
      region: text,
      arn: text,
      pair: pair.optional().describe('of a role: the pair that replicates under it'),
      statements: list(z.looseObject({})).describe('to merge into its policy'),
      merge: object({ read: orNull(text).describe('null where a policy of its own is written'), write: text }).describe(
        'commands',
      ),
    }),
  ),
});

// status
const alarm = object({
  name: text,
  place: z.enum(['source', 'destination', 'backup']),
  region: text,
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA', 'MISSING', 'UNKNOWN']),
}).meta({ id: 'alarm' });
const statusResult = object({
  pairs: list(
    object({
      pair,
      lagSeconds: orNull(seconds),
      pendingOperations: orNull(number),
      pendingBytes: orNull(number),
      failedOperations: orNull(number),
      alarms: list(alarm.extend({ kind: text })),
      lastVerification: orNull(object({ at: text, result: z.enum(['ok', 'failed']) })),
      unknown: list(text),
    }),
  ),
  health: list(alarm),
  failureMessages: orNull(count),
  failureQueue: z.enum(['empty', 'test-messages-only', 'not-empty', 'unknown']),
  keys: list(check),
  unanswered: list(text),
  failureQueueDoubt: orNull(text),
  wrong: list(text),
  unknown: list(text),
  rounds,
  unwritten,
});

// verify
const verify = object({
  pairs: list(
    object({
      pair,
      status,
      ended: z.enum(['COMPLETED', 'FAILED', 'TIMED_OUT', 'NO_RULE', 'NOT_WRITTEN', 'NOT_READY', 'UNKNOWN']),
      seconds: orNull(seconds),
      source: object({ bucket: text, key: text, versionId: orNull(text) }),
      checks: list(
        object({
          name: z.enum(['status', 'key', 'storage-class', 'tags', 'size', 'checksum', 'owner']),
          status,
          found: text,
          expected: text,
        }),
      ),
      left: list(object({ bucket: text, key: text, until: orNull(text), why: text, seen: orNull(flag) })),
      unknown: list(text),
      skipped: list(text),
      causes: list(check),
      error: orNull(error),
      recorded: flag.optional().describe('whether status knows of this result'),
    }),
  ),
  rounds,
});

/** The result of each command, without what all of them begin with. */
const RESULTS = {
  audit,
  backfill,
  bootstrap,
  config,
  cost,
  demo,
  deploy,
  doctor,
  drill,
  exchange,
  explain,
  failures,
  init,
  plan,
  restore,
  retry: jobsRun,
  scp,
  statements,
  status: statusResult,
  verify,
} as const;

/** Commands that have a result for each group. */
const PER_GROUP: readonly string[] = ['doctor', 'exchange', 'failures', 'status', 'verify'];

/** Every command that prints JSON. */
export const JSON_COMMANDS = Object.keys(RESULTS) as (keyof typeof RESULTS)[];

function variants(result: (typeof RESULTS)[keyof typeof RESULTS]) {
  return result instanceof z.ZodUnion ? result.options : [result];
}

const failed = { status, error: configError };

/** The keys of each kind of result of a command that no other command has. */
export function ownKeysOf(command: keyof typeof RESULTS): string[][] {
  return variants(RESULTS[command]).map((each) => Object.keys(each.shape));
}

/** What a command hands to the command line: its status, its result, and the deployment if it says it again. */
export function resultSchema(command: keyof typeof RESULTS): z.ZodType {
  return z.union(variants(RESULTS[command]).map((each) => each.extend({ status, deployment: text.optional() })));
}

/** What a command prints with `--json`. */
export function documentSchema(command: keyof typeof RESULTS): z.ZodType {
  const head = {
    schemaVersion: z.literal(SCHEMA_VERSION),
    command: z.literal(command),
    deployment: orNull(text).describe('null where no configuration was read'),
    at: time,
  };
  const results = variants(RESULTS[command]);
  const group = { group: orNull(text).describe('null for pairs without a group') };
  const groups = list(
    z.union([
      ...results.map((each) => each.extend({ ...group, status, deployment: text.optional() })),
      object({ ...group, ...failed }),
    ]),
  );
  return z.union([
    ...results.map((each) => object({ ...head, status, ...each.shape })),
    ...(PER_GROUP.includes(command) ? [object({ ...head, status, groups })] : []),
    object({ ...head, ...failed }),
  ]);
}
