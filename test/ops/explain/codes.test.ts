import { z } from 'zod';
import { configuration } from '../../../lib/config/schema';
import { UsageError } from '../../../lib/errors/errors';
import { replicationPermissions } from '../../../lib/model/permissions';
import { explain } from '../../../lib/ops/explain/explain';
import { FAILURE_REASONS, FAILURE_REASONS_PAGE } from '../../../lib/ops/explain/reasons';
import { wordingOf } from '../../../lib/ops/explain/wording';
import { validConfig } from '../../helpers/config';
import { namedCommands } from '../../helpers/named-commands';
import { testContext } from '../../helpers/ops';
import { rejectionOf } from '../../helpers/rejection';

/**
 * The codes of the table "Amazon S3 replication failure reasons", in its order.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html#replication-failure-codes
 */
const DOCUMENTED = [
  'AssumeRoleNotPermitted',
  'DstBucketInvalidRegion',
  'DstBucketNotFound',
  'DstBucketObjectLockConfigMissing',
  'DstBucketUnversioned',
  'DstDelObjNotPermitted',
  'DstKmsKeyInvalidState',
  'DstKmsKeyNotFound',
  'DstMultipartCompleteNotPermitted',
  'DstMultipartInitNotPermitted',
  'DstMultipartUploadNotPermitted',
  'DstObjectHardDeleted',
  'DstPutAclNotPermitted',
  'DstPutLegalHoldNotPermitted',
  'DstPutObjectNotPermitted',
  'DstPutRetentionNotPermitted',
  'DstPutTaggingNotPermitted',
  'DstVersionNotFound',
  'InitiateReplicationNotPermitted',
  'SrcBucketInvalidRegion',
  'SrcBucketNotFound',
  'SrcBucketReplicationConfigMissing',
  'SrcGetAclNotPermitted',
  'SrcGetLegalHoldNotPermitted',
  'SrcGetObjectNotPermitted',
  'SrcGetRetentionNotPermitted',
  'SrcGetTaggingNotPermitted',
  'SrcHeadObjectNotPermitted',
  'SrcKeyNotFound',
  'SrcKmsKeyInvalidState',
  'SrcObjectNotEligible',
  'SrcObjectNotFound',
  'SrcReplicationNotPending',
  'SrcVersionNotFound',
];

const CONFIG = validConfig();
const SIDS = CONFIG.pairs
  .map(({ names }) => names)
  .flatMap((pair) => replicationPermissions(CONFIG, pair, { source: '', replica: '' }).map(({ sid }) => sid));
const RESOURCES = ['source bucket', 'source key', 'replica bucket', 'replica key', 'replication role', 'replication rule'];

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
}

/** Every key of the configuration, as docs/configuration.md writes it. */
function settings({ properties = {} }: Schema, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => [
    `${prefix}${name}`,
    ...settings(schema, `${prefix}${name}.`),
    ...settings(schema.items ?? {}, `${prefix}${name}[].`),
  ]);
}

const KNOWN = {
  statement: SIDS,
  setting: settings(z.toJSONSchema(configuration, { unrepresentable: 'any' }) as Schema),
  resource: [...RESOURCES, 'Batch Replication job'],
};

test(`has every failure reason of ${FAILURE_REASONS_PAGE}, and no other`, () => {
  expect(FAILURE_REASONS.map(({ code }) => code)).toEqual(DOCUMENTED);
});

describe.each(FAILURE_REASONS)('$code', ({ code, cause, concerns, fix, commands, page }) => {
  test('has a cause, a fix and a page of AWS', () => {
    expect(cause).toMatch(/^[A-Z].{20,}\.$/);
    expect(fix).toMatch(/^[A-Z].{10,}\.$/);
    expect(page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/[\w/-]+\.html$/);
  });

  test('concerns statements, settings and resources that are there', () => {
    expect(concerns).not.toEqual([]);
    expect(concerns.filter(({ kind, name }) => !KNOWN[kind].includes(name))).toEqual([]);
  });

  test('names only placeholders that are filled, and commands that are there', () => {
    const wording = wordingOf(CONFIG, 'documents');
    const texts = [
      cause,
      fix,
      ...commands.map((command) => wording.command(command)),
      ...concerns.map((each) => wording.concern(each)),
    ];

    expect(texts.map((text) => wording.fill(text)).filter((text) => /[{}]|undefined/.test(text))).toEqual([]);
    expect(namedCommands(texts.join('\n')).filter(({ exists }) => !exists)).toEqual([]);
  });

  test.each([code, code.toLowerCase(), code.toUpperCase()])('is explained as %s', async (argument) => {
    const { exitCode, text, data } = await explain(testContext().context, { argument, values: {} });

    expect(exitCode).toBe(0);
    expect(Object.keys(data)).toEqual(['status', 'code', 'cause', 'concerns', 'fix', 'commands', 'afterwards', 'page']);
    expect(data).toMatchObject({ code, page });
    expect(text.split('\n')[0]).toBe(code);
    expect(text).toContain(page);
    expect(text).not.toContain('PAIR');
  });
});

test('a statement is shown with its actions and the policies that carry it', async () => {
  const { text } = await explain(testContext().context, { argument: 'DstPutTaggingNotPermitted', values: {} });

  expect(text).toContain(
    'statement WriteReplicas (s3:ReplicateDelete, s3:ReplicateObject, s3:ReplicateTags) in the policy of role ' +
      'backups-documents-replication-ap-southeast-2 and the policy of bucket backups-documents-222222222222-us-west-2-an',
  );
});

test('commands carry the profile or the configuration, and name the account of their side', async () => {
  const { context } = testContext({ source: { profile: 'prod' }, destination: { profile: 'backup' } });
  const config = { ...context.config, commandOptions: ['-c', 'config=other.json'] };

  const { text, data } = await explain({ ...context, config }, { argument: 'DstBucketNotFound', values: {} });

  expect(text).toContain('--profile backup   # as the destination account, 222222222222');
  expect(text).toContain(
    'npx --no -- s3-replication doctor --pair documents -c config=other.json   # with credentials of both accounts',
  );
  expect(data).toMatchObject({
    commands: [
      { account: '222222222222', command: expect.stringMatching(/--profile backup$/) },
      {
        account: '111111111111, 222222222222',
        command: expect.stringMatching(/^npx --no -- s3-replication doctor .*-c config=other.json$/),
      },
    ],
  });
});

test.each([
  [true, 'To replicate with S3 Batch Replication: npx --no -- s3-replication retry --pair documents'],
  [
    false,
    'To replicate with S3 Batch Replication, write "backfill": true into the configuration, deploy the source (npx cdk deploy Source --exclusively), then run npx --no -- s3-replication retry --pair documents',
  ],
])('with backfill %s, what comes afterwards is what works', async (backfill, words) => {
  const { context } = testContext({ backfill });

  const { text } = await explain(context, { argument: 'DstKmsKeyNotFound', values: {} });

  expect(text).toContain(`  Afterwards: FAILED is final: after the repair, upload what failed again. ${words}\n`);
});

test('of several pairs, names carry PAIR, and --pair writes the id', async () => {
  const { context } = testContext({ pairs: [{ id: 'a' }, { id: 'b' }] });
  const args = { argument: 'DstBucketNotFound', values: {} };

  expect((await explain(context, args)).text).toMatch(/backups-PAIR-2{12}-us-west-2-an[^]*PAIR stands for the id/);
  const chosen = await explain({ ...context, pairs: context.pairs.slice(1) }, args);
  expect(chosen.text).toContain('backups-b-222222222222-us-west-2-an');
  expect(chosen.text).not.toContain('PAIR');
});

describe('an unknown code', () => {
  test.each([
    ['DstPutObjectNotPermited', 'DstPutObjectNotPermitted'],
    ['dstkmskeynotfond', 'DstKmsKeyNotFound'],
    ['kms', undefined],
    ['HardDeleted', 'DstObjectHardDeleted'],
  ])('%s offers what is near', async (argument, near) => {
    const error = await rejectionOf(explain(testContext().context, { argument, values: {} }), UsageError);

    expect(error.message).toContain(`"${argument}"`);
    expect(error.hint).toContain(near === undefined ? 'write s3://BUCKET/KEY' : `did you mean ${near}`);
  });

  test.each(['', 'Nonsense', 'bucket/key'])('%p offers all codes', async (argument) => {
    const { hint } = await rejectionOf(explain(testContext().context, { argument, values: {} }), UsageError);

    expect(DOCUMENTED.filter((code) => !hint?.includes(code))).toEqual([]);
  });
});
