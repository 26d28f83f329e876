import { compareStack } from '../../../lib/deploy/plan/compare';
import { NOT_DEPLOYED } from '../../../lib/deploy/plan/deployed';
import type { StackPlan } from '../../../lib/deploy/plan/model';
import { isUnchanged, stackInWords } from '../../../lib/deploy/plan/render';
import { type Draft, draft } from '../../helpers/app';
import { assemblyStack, deployedStack, planned } from '../../helpers/plan';

const BUCKET = 'PairsdocumentsBucket9647FFD6';
const KEY = 'SourceKey54E02282';
const BUCKET_NAME = 'backups-documents-111111111111-ap-southeast-2-an';

const kinds = ({ resources }: StackPlan) => Object.fromEntries(resources.map(({ logicalId, change }) => [logicalId, change]));
const resourceStops = ({ stops }: StackPlan) => stops.filter(({ kind }) => kind === 'resource').map(({ name }) => name);

/** What a change by hand to the source template does. */
function edited(change: (template: Draft) => void): StackPlan {
  const after = draft('source');
  change(after);
  return planned('source', draft('source'), after);
}

describe('a stack that is not there', () => {
  const plan = compareStack(assemblyStack('source', draft('source')), NOT_DEPLOYED);

  test('is created, which stops at nothing', () => {
    expect(new Set(Object.values(kinds(plan)))).toEqual(new Set(['created']));
    expect(plan.stops).toEqual([]);
    expect(stackInWords(plan)).toMatch(/^backups-source \(111111111111, ap-southeast-2\): a new stack, \d+ created\n/);
  });

  test('has its permissions shown all the same', () => {
    expect(plan.permissions.map(({ text }) => text)).toContain(
      's3.amazonaws.com may sts:AssumeRole on backups-documents-replication-ap-southeast-2',
    );
  });

  test('and whose creation failed is created again', () => {
    const again = compareStack(assemblyStack('source', draft('source')), { ...NOT_DEPLOYED, state: 'recreated' });

    expect(again.stops).toEqual([]);
    expect(stackInWords(again)).toContain('its creation failed, so it is deleted and created again');
  });
});

describe('a stack that is there', () => {
  test('has no change where the template is the same', () => {
    const plan = planned('source', draft('source'), draft('source'));

    expect(isUnchanged(plan)).toBe(true);
    expect(stackInWords(plan)).toBe('backups-source (111111111111, ap-southeast-2): the template does not change');
  });

  test('is changed in place where a key rotates more often', () => {
    const plan = planned('source', draft('source'), draft('source', { keyRotationDays: 180 }));

    expect(plan).toMatchObject({ permissions: [], other: [], stops: [] });
    expect(stackInWords(plan)).toBe(
      [
        'backups-source (111111111111, ap-southeast-2): nothing created, 2 changed, nothing replaced, nothing deleted',
        '  changed  KMS Key Source/NotificationsKey: RotationPeriodInDays 365 -> 180',
        '  changed  KMS Key Source/SourceKey: RotationPeriodInDays 365 -> 180',
      ].join('\n'),
    );
  });

  test('is changed in place where a bucket replicates to another storage class', () => {
    const plan = planned('source', draft('source'), draft('source', { pairs: [{ id: 'documents', storageClass: 'GLACIER' }] }));

    expect(kinds(plan)).toEqual({ [BUCKET]: 'changed' });
    expect(plan.stops).toEqual([]);
  });

  test('is changed where only its tags or its protection are', () => {
    const template = draft('source');
    const plan = compareStack(
      assemblyStack('source', template, { tags: { team: 'storage' }, terminationProtection: false }),
      deployedStack(template),
    );

    expect(isUnchanged(plan)).toBe(false);
    expect(plan.other).toEqual(['tags of the stack changed', 'termination protection switched off']);
    expect(stackInWords(plan)).toContain('nothing created, nothing changed, nothing replaced, nothing deleted');
  });

  test('is the same with its tags in another order', () => {
    const template = draft('source');
    const plan = compareStack(
      assemblyStack('source', template, { tags: { a: '1', b: '2' } }),
      deployedStack(template, { tags: { b: '2', a: '1' } }),
    );

    expect(isUnchanged(plan)).toBe(true);
  });

  test('is never called unchanged after an update that failed', () => {
    const template = draft('source');
    const plan = compareStack(assemblyStack('source', template), deployedStack(template, { state: 'unfinished' }));

    expect(isUnchanged(plan)).toBe(false);
    expect(stackInWords(plan)).toContain('its last change failed; the template does not change');
  });

  test('that moves into a stage of the pipeline is changed in its metadata alone', () => {
    const plan = edited(({ Resources }) => {
      for (const id of [BUCKET, KEY]) {
        Resources[id].Metadata['aws:cdk:path'] = `Pipeline/Deploy/${id}`;
      }
      Resources['CDKMetadata'] = { Type: 'AWS::CDK::Metadata', Properties: { Analytics: 'v2' } };
    });

    expect(plan).toMatchObject({ resources: [], stops: [], other: ['metadata of 3 resources changed'] });
  });

  test('has its outputs and parameters compared', () => {
    const plan = edited((template) => {
      template['Outputs'] = { Extra: { Value: '1' } };
      delete template['Parameters'].BootstrapVersion;
      template['Description'] = 'other';
    });

    expect(plan.other).toEqual(['parameter BootstrapVersion removed', 'output Extra added', 'description changed']);
  });

  test('is not changed by letters that CloudFormation gives back as question marks, which the plan says it cannot see', () => {
    const [before, after] = [draft('source'), draft('source')];
    before['Description'] = 'donn?es';
    after['Description'] = 'données';
    const plan = planned('source', before, after);

    expect(plan).toMatchObject({ resources: [], other: ['letters beyond ASCII, which CloudFormation does not show'] });
    expect(isUnchanged(planned('source', after, after))).toBe(true);
  });
});

describe('a new pair', () => {
  const pairs = [{ id: 'documents' }, { id: 'reports' }];

  test.each(['source', 'destination'] as const)('is created in the %s and stops at no bucket or key', (side) => {
    const plan = planned(side, draft(side), draft(side, { pairs }));

    expect(plan.resources).toContainEqual(expect.objectContaining({ type: 'AWS::S3::Bucket', change: 'created' }));
    expect(Object.values(kinds(plan))).not.toContain('replaced');
    expect(resourceStops(plan)).toEqual([]);
  });
});

describe('a bucket or a key stops a deployment', () => {
  test('that removes its pair, though the bucket is retained', () => {
    const plan = planned(
      'source',
      draft('source', { pairs: [{ id: 'reports' }, { id: 'documents' }] }),
      draft('source', { pairs: [{ id: 'reports' }] }),
    );

    expect(kinds(plan)[BUCKET]).toBe('left-behind');
    expect(plan.stops).toContainEqual({
      name: `backups-source/${BUCKET}`,
      kind: 'resource',
      reason: `bucket ${BUCKET_NAME} leaves the stack: it stays in the account, and nothing maintains it any more`,
    });
    expect(stackInWords(plan)).toContain(
      `  left behind  S3 Bucket Source/Pairs/documents/Bucket (${BUCKET_NAME}): stays in the account, outside the stack  <- stops: backups-source/${BUCKET}`,
    );
  });

  test('that removes its pair and deletes the bucket with it', () => {
    const before = draft('source');
    delete before['Resources'][BUCKET].DeletionPolicy;
    const plan = planned('source', before, draft('source', { pairs: [{ id: 'reports' }] }));

    expect(kinds(plan)[BUCKET]).toBe('deleted');
    expect(resourceStops(plan)).toEqual([`backups-source/${BUCKET}`]);
  });

  test('that replaces it, and everything that refers to it with it', () => {
    const plan = planned('source', draft('source'), draft('source', { bucketNamespace: 'global' }));

    expect(kinds(plan)).toMatchObject({ [BUCKET]: 'replaced', PairsdocumentsBucketPolicyC2A5767C: 'replaced' });
    expect(resourceStops(plan)).toEqual([`backups-source/${BUCKET}`]);
    expect(stackInWords(plan)).toMatch(
      /replaced +S3 Bucket Source\/Pairs\/documents\/Bucket \(backups-documents-111111111111-ap-southeast-2-an\): BucketName backups-documents-111111111111-ap-southeast-2-an -> backups-documents-111111111111-ap-southeast-2.*, the old one stays in the account {2}<- stops/,
    );
  });

  test('that gives the key another logical id', () => {
    const after = JSON.parse(JSON.stringify(draft('source')).replaceAll(KEY, 'OtherKey'));
    const plan = planned('source', draft('source'), after);

    expect(kinds(plan)).toMatchObject({ [KEY]: 'left-behind', OtherKey: 'created' });
    expect(resourceStops(plan)).toEqual([`backups-source/${KEY}`]);
    expect(plan.stops[0]?.reason).toMatch(/^key Source\/SourceKey leaves the stack/);
  });

  test('that loses the key of a notification topic, like any other', () => {
    const plan = edited(({ Resources }) => {
      delete Resources['NotificationsKey74C0825E'];
    });

    expect(resourceStops(plan)).toEqual(['backups-source/NotificationsKey74C0825E']);
  });

  test('that makes something else of it', () => {
    const plan = edited(({ Resources }) => {
      Resources[BUCKET].Type = 'AWS::S3Express::DirectoryBucket';
    });

    expect(resourceStops(plan)).toEqual([`backups-source/${BUCKET}`]);
  });

  test('that sets a property of which it is not known what it does', () => {
    const plan = edited(({ Resources }) => {
      Resources[BUCKET].Properties.InventedProperty = 1;
    });

    expect(plan.resources).toMatchObject([{ logicalId: BUCKET, change: 'maybe-replaced' }]);
    expect(stackInWords(plan)).toContain('nothing changed, nothing replaced, nothing deleted, 1 maybe replaced');
    expect(resourceStops(plan)).toEqual([`backups-source/${BUCKET}`]);
  });
});

describe('what stops nothing', () => {
  test('is a deletion policy, which changes in place', () => {
    const plan = edited(({ Resources }) => {
      Resources[BUCKET].DeletionPolicy = 'Delete';
    });

    expect(plan.resources).toMatchObject([{ change: 'changed', properties: [{ name: 'DeletionPolicy', after: 'Delete' }] }]);
    expect(plan.stops).toEqual([]);
  });

  test('is another resource that is deleted or replaced', () => {
    const plan = edited(({ Resources }) => {
      delete Resources['SourceKeyParameter1015E7B5'];
      Resources['PairsdocumentsReplicationRole259C1BF4'].Properties.RoleName = 'other';
    });

    expect(kinds(plan)).toMatchObject({
      SourceKeyParameter1015E7B5: 'deleted',
      PairsdocumentsReplicationRole259C1BF4: 'replaced',
    });
    expect(resourceStops(plan)).toEqual([]);
  });

  test('is a property of another resource that is not known', () => {
    const plan = edited(({ Resources }) => {
      Resources['SourceKeyParameter1015E7B5'].Properties.InventedProperty = 1;
    });

    expect(kinds(plan)).toEqual({ SourceKeyParameter1015E7B5: 'changed' });
  });
});

test('a long value is cut', () => {
  const plan = edited(({ Resources }) => {
    Resources[KEY].Properties.Description = 'x'.repeat(200);
  });

  expect(stackInWords(plan)).toContain(`Description Encrypts the source buckets of backups -> ${'x'.repeat(77)}...`);
});
