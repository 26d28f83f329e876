import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Kept, runScript } from '../helpers/process';
import { deployedDemo } from './deployed-demo';

jest.setTimeout(5 * 60_000);

/** The emulator refuses composite alarms, and with them the stacks that have them. */
const STACKS = ['Destination', 'Source', 'Monitoring'];

const BUCKETS = ['destination', 'source'].map((side) => `backups-demo-${side}/PairsdocumentsBucket9647FFD6`);

/** Variables of every run. The CDK takes seconds to validate templates, which the gate does in a step of its own. */
const VARIABLES = { AWS_EC2_METADATA_DISABLED: 'true', CDK_VALIDATION: 'false' };

/** Runs one of the project's scripts in the folder of the demo, as npm does where a person calls it there. */
function inFolder({ environment, directory }: Kept, script: string, ...args: string[]) {
  return runScript(['bin/s3-replication.ts', script, ...args], { ...VARIABLES, ...environment, INIT_CWD: directory });
}

/** Writes the demo's configuration with other keys into a file beside it. */
function configure({ directory }: Kept, name: string, keys: (config: { pairs: object[] }) => object): void {
  const config = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'));
  writeFileSync(join(directory, name), JSON.stringify({ ...config, ...keys(config) }));
}

test('deploy does nothing where nothing changes, makes a change, and stops where a bucket would go', async () => {
  const kept = await deployedDemo();
  try {
    configure(kept, 'changed.json', () => ({ keyRotationDays: 180, tags: { team: 'storage' } }));
    configure(kept, 'renamed.json', ({ pairs: [pair] }) => ({ pairs: [{ ...pair, id: 'papers' }] }));

    const [same, renamed] = await Promise.all([
      inFolder(kept, 'deploy', ...STACKS),
      inFolder(kept, 'deploy', ...STACKS, '-c', 'config=renamed.json', '--yes', '--json'),
    ]);
    expect(same).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to deploy') });
    expect(renamed.code).toBe(1);
    expect(renamed.stderr).toContain(BUCKETS.map((name) => `--accept ${name}`).join(' '));
    expect(JSON.parse(renamed.stdout)).toMatchObject({ deployed: false, stacks: STACKS.map((id) => ({ id })) });

    const changed = await inFolder(kept, 'deploy', ...STACKS, '-c', 'config=changed.json', '--yes');
    expect(changed.stderr).toContain('changed  KMS Key Destination/ReplicaKey: RotationPeriodInDays 365 -> 180');
    expect(changed.stderr).toContain('changed  KMS Key Monitoring/NotificationsKey: RotationPeriodInDays 365 -> 180');
    expect(changed.code).toBe(0);

    // The change was made, and the stop changed nothing.
    const after = await inFolder(kept, 'plan', ...STACKS.flatMap((id) => ['--stack', id]), '-c', 'config=changed.json');
    expect(after.stdout.trim().split('\n')).toEqual([
      'backups-demo-destination (222222222222, us-west-2): the template does not change',
      'backups-demo-source (111111111111, ap-southeast-2): the template does not change',
      'backups-demo-monitoring (111111111111, us-west-2): the template does not change',
      expect.stringContaining('does not see changes made by hand'),
    ]);
    expect(after.code).toBe(0);

    await expectProtection(kept);
  } finally {
    await kept.stop();
  }
});

/** Object Lock and a lockdown of buckets that are there. The emulator deploys the policies, and holds nobody to a lock. */
async function expectProtection(kept: Kept): Promise<void> {
  const protect = (days: number) => (config: { pairs: object[] }) => ({
    keyRotationDays: 180,
    removal: 'retain',
    terminationProtection: false,
    lockdown: { breakGlassRoleArn: 'arn:aws:iam::222222222222:role/BreakGlass' },
    pairs: config.pairs.map((pair) => ({ ...pair, objectLock: { mode: 'GOVERNANCE', days } })),
  });
  configure(kept, 'protected.json', protect(30));
  configure(kept, 'shorter.json', protect(20));
  const deploy = (file: string, ...args: string[]) =>
    inFolder(kept, 'deploy', 'Destination', '-c', `config=${file}`, '--yes', ...args);
  const name = `${BUCKETS[0]}-object-lock-governance-30`;

  const stopped = await deploy('protected.json');
  expect(stopped).toMatchObject({ code: 1, stderr: expect.stringContaining(`--accept ${name}`) });
  expect(await deploy('protected.json', '--accept', name)).toMatchObject({ code: 0 });
  expect(await deploy('protected.json')).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to deploy') });

  const shorter = await deploy('shorter.json', '--accept', String(BUCKETS[0]), '--accept', `${BUCKETS[0]}-under-lockdown`);
  expect(shorter).toMatchObject({ code: 1, stderr: expect.stringContaining('is never shortened or weakened') });
}
