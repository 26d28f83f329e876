import { UsageError } from '../../../lib/errors/errors';
import { validConfig } from '../../helpers/config';
import { rejectionOf } from '../../helpers/rejection';
import { type FakeBucket, InitWorld } from './world';

const SIDES = '--source-profile prod --destination-profile backup --destination-region eu-central-1 --deployment vault'.split(
  ' ',
);
const KEY = 'arn:aws:kms:eu-central-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const UNDER_KEY = { encryption: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY } } as const;

let world: InitWorld;

beforeEach(() => {
  world = new InitWorld();
});
afterEach(() => world.close());

function backup(name: string, bucket: FakeBucket = {}): void {
  world.buckets.set(name, { region: 'eu-central-1', objects: 0, ...bucket });
}

interface Written {
  readonly destination: { readonly keyArn?: string };
  readonly pairs: readonly { readonly id: string; readonly replicaBucket?: { readonly name: string } }[];
}

async function written(...argv: readonly string[]) {
  const { data, text } = await world.run([...SIDES, ...argv]);
  const config = world.read('replication.json') as unknown as Written;
  expect(validConfig(config as unknown as Record<string, unknown>).pairs).toHaveLength(config.pairs.length);
  const { pairs } = data as unknown as { readonly pairs: readonly { readonly notes: readonly string[] }[] };
  return { config, text, notes: pairs.flatMap(({ notes }) => notes).join('\n') };
}

describe('an existing replica bucket', () => {
  test('is offered on a terminal where it fits, and brings its key', async () => {
    backup('acme-backup', UNDER_KEY);
    backup('acme-plain', { versioning: undefined });
    backup('acme-locked', { lockedFor: 30 });
    world.answers = ['', 'acme-plain', 'acme-locked', 'nowhere', '1'];

    const { config, notes, text } = await written('--new', 'documents');

    expect(config).toMatchObject({
      destination: { keyArn: KEY },
      pairs: [{ id: 'documents', replicaBucket: { name: 'acme-backup' } }],
    });
    expect(world.questions).toContain(
      'Bucket for the replicas of pair documents: "new", or one that exists, by number or name (acme-backup) [new]: ',
    );
    const told = world.told.join('\n');
    expect(told).toContain('Buckets of account 222222222222 in eu-central-1:');
    expect(told).toMatch(/acme-plain cannot take the replicas: versioning Disabled\n.*put-bucket-versioning --bucket acme-plain/);
    expect(told).toContain('acme-locked cannot take the replicas: Object Lock of the bucket');
    expect(told).toContain('nowhere cannot take the replicas: it is not in the list');
    expect(notes).toContain('Replicas go into bucket acme-backup, which stays with its owner.');
    expect(notes).toContain(`under ${KEY}`);
    expect(text).toMatch(/Next:\n.* statements\n/);
  });

  test('that a replaced rule writes into is suggested; a rule that stays keeps it to itself', async () => {
    backup('acme-logs-backup', { objects: 7 });
    world.buckets.set('acme-logs', { rules: [{ ID: 'old', destination: 'acme-logs-backup' }] });
    world.answers = ['', 'replace', ''];

    const { config, notes } = await written('--bucket', 'acme-logs');
    expect(config.pairs).toMatchObject([{ replicaBucket: { name: 'acme-logs-backup' } }]);
    expect(config.destination.keyArn).toBeUndefined();
    expect(notes).not.toContain('take every version in it');

    world.answers = ['', 'keep'];
    const joined = await written('--bucket', 'acme-logs');
    expect(joined.config.pairs[0]).not.toHaveProperty('replicaBucket');
    expect(world.told.join('\n')).toContain(
      'No bucket of account 222222222222 in eu-central-1 fits for the replicas of pair acme-logs: the deployment makes one.',
    );
  });

  test('takes the replicas of one pair only', async () => {
    backup('acme-backup');
    world.answers = ['', 'acme-backup'];

    const { config } = await written('--new', 'one', '--new', 'two');

    expect(config.pairs).toMatchObject([{ id: 'one', replicaBucket: { name: 'acme-backup' } }, { id: 'two' }]);
    expect(config.pairs[1]).not.toHaveProperty('replicaBucket');
  });

  test('that an option names is written without a question, with how many objects are in it', async () => {
    backup('acme-backup', { encryption: { SSEAlgorithm: 'aws:kms' }, objects: 12 });

    const { config, notes } = await written('--new', 'documents', '--replica-bucket', 's3://acme-backup/=documents', '--yes');

    expect(config).toMatchObject({ pairs: [{ id: 'documents', replicaBucket: { name: 'acme-backup' } }] });
    expect(config.destination.keyArn).toBeUndefined();
    expect(notes).toContain(
      'It has about 12 objects: audit, restore and drill take every version in it for a replica of the pair.',
    );
    expect(notes).toContain('under the replica key that the deployment makes');
  });

  test('is refused together with every other one that does not fit', async () => {
    backup('acme-plain', { versioning: 'Suspended' });
    world.buckets.set('acme-far', { region: 'us-east-1' });
    const named = ['--replica-bucket', 'acme-plain=one', '--replica-bucket', 'acme-far=two', '--replica-bucket', 'acme-no=three'];

    const error: unknown = await world
      .run([...SIDES, '--new', 'one', '--new', 'two', '--new', 'three', ...named, '--yes'])
      .catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(UsageError);
    const { message } = error as Error;
    expect(message).toContain('nothing was written, because of 3 problems');
    expect(message).toContain('versioning Suspended');
    expect(message).toContain('it is in us-east-1, and the destination Region is eu-central-1');
    expect(message).toContain('there is no such bucket');
  });

  test('whose objects belong to others, or whose requester pays, is refused with what to set', async () => {
    backup('acme-writer', { ownership: 'ObjectWriter' });
    backup('acme-old', { ownership: 'none' });
    backup('acme-paid', { payer: 'Requester' });
    const named = [
      '--replica-bucket',
      'acme-writer=one',
      '--replica-bucket',
      'acme-old=two',
      '--replica-bucket',
      'acme-paid=three',
    ];

    const run = world.run([...SIDES, '--new', 'one', '--new', 'two', '--new', 'three', ...named, '--yes']);

    const { message } = await rejectionOf(run, UsageError);
    expect(message).toMatch(/object ownership ObjectWriter.*put-bucket-ownership-controls --bucket acme-writer/);
    expect(message).toMatch(/object ownership not set.*put-bucket-ownership-controls --bucket acme-old/);
    expect(message).toMatch(/Requester Pays.*put-bucket-request-payment --bucket acme-paid/);
  });

  test.each([
    ['acme-backup', '--replica-bucket "acme-backup" does not name a pair'],
    ['acme-backup=other', '--replica-bucket names pairs that there are not: other'],
  ])('of the option %s has to name a pair', async (option, message) => {
    await expect(world.run([...SIDES, '--new', 'documents', '--replica-bucket', option, '--yes'])).rejects.toThrow(message);
  });

  test('is not asked for where nobody answers and no option names one', async () => {
    backup('acme-backup', UNDER_KEY);

    const { config } = await written('--new', 'documents', '--yes');

    expect(config.pairs).toEqual([{ id: 'documents' }]);
    expect(world.sent).toEqual([]);
  });

  test('whose settings may not be read is not offered, and is unknown where somebody names it', async () => {
    backup('acme-backup', {
      denied: ['GetBucketVersioning', 'GetBucketEncryption', 'GetBucketOwnershipControls', 'GetBucketRequestPayment'],
    });
    const { exitCode, data } = await world.run([...SIDES, '--new', 'a', '--replica-bucket', 'acme-backup=a', '--yes']);

    expect(exitCode).toBe(3);
    expect(data).toMatchObject({
      pairs: [
        {
          unknown: ['versioning', 'default encryption', 'object ownership', 'payer of requests'].map((setting) =>
            expect.stringContaining(setting),
          ),
        },
      ],
    });
  });
});
