import type { InventoryConfiguration } from '@aws-sdk/client-s3';
import { isEmulator } from '../../../aws/emulator';
import { plural } from '../../../cli/units';
import { SIDES, type SideName } from '../../../config/replication-config';
import { quoted } from '../../../errors/visible';
import type { DeployedPair } from '../../../model/deployment';
import {
  type ApiInventory,
  hasInventory,
  INVENTORY_FIELDS,
  inventoryId,
  type ReportPlace,
  reportBucketStatements,
  reportKeyStatements,
  reportsOf,
  VERSION_COLUMNS,
} from '../../../model/inventory';
import { missingColumns } from '../../../model/inventory-manifest';
import { BUCKET, type Check, type CheckFinding, compare, type DoctorContext, notAnswered, notApplicable, pass } from '../check';
import { byAws, byHand } from '../repair';
import { takenAt } from '../report-facts';
import { bucketPolicy, keyPolicy } from '../resource-policies';
import { held } from './policies';

/** S3 Inventory of both sides: its configuration, who may write reports, and what arrived in the backup account. */
export const INVENTORY_CHECKS: readonly Check[] = SIDES.toReversed().flatMap((side): Check[] => [
  {
    id: `${BUCKET[side]}-inventory`,
    title: `${BUCKET[side]} bucket has its inventory, with every field`,
    area: 'inventory',
    run: { each: 'pair', ask: (context, pair) => asConfigured(context, pair, side) },
  },
  {
    id: `${BUCKET[side]}-report-policy`,
    title: `bucket of the reports about ${BUCKET[side]} buckets lets S3 write them`,
    area: 'inventory',
    run: {
      each: 'deployment',
      ask: (context) =>
        withReports(context, async (keeper) =>
          held(await bucketPolicy(context, side, keeper), reportBucketStatements(context.config, side)),
        ),
    },
  },
  {
    id: `${BUCKET[side]}-report-key`,
    title: `key of the reports about ${BUCKET[side]} buckets lets S3 encrypt them`,
    area: 'inventory',
    run: {
      each: 'deployment',
      ask: (context) =>
        withReports(context, async () => held(await keyPolicy(context, side), reportKeyStatements(context.config, side))),
    },
  },
  {
    id: `${BUCKET[side]}-report`,
    title: `last report about the ${BUCKET[side]} bucket is in the backup account, recent and whole`,
    area: 'inventory',
    run: { each: 'pair', ask: (context, pair) => lastReport(context, pair, side) },
  },
]);

async function withReports(
  { config }: DoctorContext,
  ask: (keeper: DeployedPair) => Promise<CheckFinding>,
): Promise<CheckFinding> {
  const keeper = config.pairs.find(({ reportDays }) => reportDays !== undefined);
  return keeper === undefined ? notApplicable(NOT_CONFIGURED) : ask(keeper);
}

const NOT_CONFIGURED = 'no inventory is configured';

/** Why there is nothing to check where the deployed stack has no inventory for a bucket. */
function noInventory({ config }: DoctorContext, pair: DeployedPair): CheckFinding {
  if (hasInventory(config, pair)) {
    return notApplicable('the deployed stack has no inventory of the bucket yet: see configuration');
  }
  return notApplicable(config.inventory === undefined ? NOT_CONFIGURED : 'the pair has no inventory');
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketInventoryConfiguration.html */
async function asConfigured(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const { facts } = context;
  const expected = await facts.expected.inventory(side, pair);
  if (expected === undefined) {
    return noInventory(context, pair);
  }
  if (isEmulator()) {
    return notApplicable('an emulator has no inventories');
  }
  const { name } = facts.buckets.name(side, pair);
  const owner = side === 'destination' && pair.replicaBucket !== undefined;
  return compare({
    found: inventoryText(await facts.buckets.inventory(side, pair)),
    expected: inventoryText(expected),
    fix: byAws(
      context,
      side,
      `inventory ${inventoryId(pair)} of bucket ${name}`,
      's3api put-bucket-inventory-configuration',
      { bucket: name, id: inventoryId(pair), 'inventory-configuration': expected },
      owner ? ['The owner of the bucket runs it: it adds one inventory, and changes no other.'] : [],
    ),
  });
}

/** An inventory in words: what differs between two differs in them. */
export function inventoryText(inventory: InventoryConfiguration | ApiInventory | undefined): string {
  if (inventory === undefined) {
    return 'no inventory';
  }
  const {
    Bucket: bucket,
    AccountId: account,
    Format: format,
    Prefix: prefix,
    ...more
  } = inventory.Destination?.S3BucketDestination ?? {};
  const below = inventory.Filter?.Prefix === undefined ? '' : ` below ${inventory.Filter.Prefix}`;
  return [
    inventory.IsEnabled === true ? 'enabled' : 'disabled',
    `${inventory.Schedule?.Frequency}, ${inventory.IncludedObjectVersions} versions${below}`,
    `with ${(inventory.OptionalFields ?? []).toSorted().join(', ') || 'no optional field'}`,
    `${format} into ${bucket} of account ${account}, below ${prefix}`,
    ...('Encryption' in more && more.Encryption !== undefined
      ? [`encryption of its own: ${JSON.stringify(more.Encryption)}`]
      : []),
  ].join('; ');
}

const HOUR = 60 * 60 * 1000;

/** Hours in which S3 delivers a report, the first one too. */
const DELIVERY = 48;

/** Hours after which the last report is too old: what is between two, what S3 takes to deliver one, and a day of grace. */
const OLDEST = { Daily: 24 + DELIVERY + 24, Weekly: 7 * 24 + DELIVERY + 24 } as const;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html */
async function lastReport(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const { config, facts, clock } = context;
  const configured = await facts.expected.inventory(side, pair);
  if (configured === undefined) {
    return noInventory(context, pair);
  }
  if (isEmulator()) {
    return notApplicable('an emulator makes no inventory reports');
  }
  const reports = reportsOf(config, pair);
  const place = side === 'source' ? reports.replicated : reports.destination;
  const hours = OLDEST[configured.Schedule.Frequency === 'Weekly' ? 'Weekly' : 'Daily'];
  const failed = (found: string, ...notes: string[]): CheckFinding => ({
    status: 'failed',
    found,
    expected: `a whole report of the last ${hours} hours, with every field`,
    fix: byHand(`inventory reports in s3://${place.bucket.name}/${place.prefix}`, ...notes),
  });
  const age = (folder: string) => Math.round((clock.now().getTime() - takenAt(folder).getTime()) / HOUR);
  const [last, previous] = (await facts.reports.folders('destination', place)).toReversed();
  const inSource = side === 'source' ? ` ${await lastInSource(context, reports.source, last)}` : '';
  if (last === undefined) {
    return (await isNew(context, side))
      ? notAnswered(`no report has arrived, and the first can take ${DELIVERY} hours after a deployment`)
      : failed(`no report.${inSource}`.trimEnd(), ...causes(side));
  }
  if (age(last) > hours) {
    return failed(`the last report is of ${last}, ${age(last)} hours ago.${inSource}`.trimEnd(), ...causes(side));
  }
  const fault = await faultOf(context, place, last, configured);
  if (fault === undefined) {
    return pass(`report of ${last}`);
  }
  // What is not there yet may be on its way: the one before is whole.
  return fault.isPartial &&
    previous !== undefined &&
    age(previous) <= hours &&
    !(await faultOf(context, place, previous, configured))
    ? pass(`report of ${previous}; ${fault.text}`)
    : failed(fault.text, fault.remedy);
}

function causes(side: SideName): string[] {
  return [
    `Repair what ${BUCKET[side]}-inventory, ${BUCKET[side]}-report-policy and ${BUCKET[side]}-report-key name.`,
    ...(side === 'source'
      ? ['Where the source account has a newer report, repair what the checks of the pair inventory name.']
      : []),
  ];
}

/** Whether the stack of a side was deployed so recently that S3 may not have made a report yet. */
async function isNew({ facts, clock }: DoctorContext, side: SideName): Promise<boolean> {
  const { LastUpdatedTime: updated, CreationTime: created } = (await facts.stack(side)) ?? {};
  const deployed = updated ?? created;
  return deployed !== undefined && clock.now().getTime() - deployed.getTime() < DELIVERY * HOUR;
}

/** What the source account has, where that is more than was replicated; nothing where it does not answer. */
async function lastInSource({ facts }: DoctorContext, place: ReportPlace, replicated = ''): Promise<string> {
  const folders = await facts.reports.folders('source', place).catch(() => []);
  const last = folders.at(-1) ?? '';
  return last > replicated ? `The source account has one of ${last}` : '';
}

interface Fault {
  readonly text: string;
  readonly remedy: string;
  /** Whether something is not there that may be on its way. */
  readonly isPartial: boolean;
}

/** What is wrong with a report; undefined where it is whole and has every field. */
async function faultOf(
  { facts }: DoctorContext,
  place: ReportPlace,
  folder: string,
  { OptionalFields: fields }: ApiInventory,
): Promise<Fault | undefined> {
  const manifest = await facts.reports.manifest('destination', place, folder);
  const partial = (what: string): Fault => ({
    text: `the report of ${folder} is not whole: ${what}`,
    remedy:
      'The next report replaces it. If that is not whole either, somebody deletes objects of the bucket, or replication of reports fails.',
    isPartial: true,
  });
  if (manifest === undefined) {
    return partial('it has no manifest');
  }
  const altered = (what: string): Fault => ({
    text: `the manifest of ${folder} is not as S3 wrote it: ${what}`,
    remedy: 'Find out who wrote it: S3 alone writes reports.',
    isPartial: false,
  });
  if (typeof manifest === 'string') {
    return altered(manifest);
  }
  if (!place.prefix.includes(`/${manifest.sourceBucket}/`)) {
    return altered(`it is about bucket ${quoted(manifest.sourceBucket)}`);
  }
  const columns = [...VERSION_COLUMNS, ...fields.map((field) => INVENTORY_FIELDS[field as keyof typeof INVENTORY_FIELDS])];
  const missing = missingColumns(manifest, columns);
  if (manifest.fileFormat !== 'Parquet' || missing.length > 0) {
    const what = [...(manifest.fileFormat === 'Parquet' ? [] : [manifest.fileFormat]), ...missing.map((one) => `no ${one}`)];
    return {
      text: `the report of ${folder} has other fields than configured: ${what.join(', ')}`,
      remedy: 'Repair the inventory: the next report then has every field.',
      isPartial: false,
    };
  }
  const files = await facts.reports.missingFiles('destination', place, folder, manifest);
  return files === 0 ? undefined : partial(`${plural(files, 'file')} of its manifest not there`);
}
