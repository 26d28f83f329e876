import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SIDES, type SideName } from '../../lib/config/model';
import { namesOf } from '../../lib/names';
import { PIPELINE, validConfig } from '../helpers/app';
import { finish, type Kept, PROJECT, runScript } from '../helpers/process';

jest.setTimeout(8 * 60_000);

const config = validConfig({ deployment: 'backups-demo', removal: 'destroy', keyExchange: 'ssm' });
const names = namesOf(config);

/** The app of the pipeline, for the folder of a run. */
const APP = `node --require ${JSON.stringify(require.resolve('tsx/cjs'))} ${JSON.stringify(join(PROJECT, 'bin/pipeline.ts'))}`;

/**
 * The emulator refuses templates with CodePipeline, so the pipeline itself is not deployed here. What CodePipeline would hand to
 * CloudFormation is: the assembly of its stage, over a deployment made by hand.
 */
test('the stage of the pipeline takes over a deployment made by hand: nothing is replaced, and nothing is left to do', async () => {
  const demo = await runScript(['bin/demo.ts', '--keep', '--json']);
  const { kept } = JSON.parse(demo.stdout) as { kept: Kept };
  try {
    const byHand = await deployed(kept);
    expect(Object.keys(byHand.destination.resources).length).toBeGreaterThan(5);

    addPipelineTo(kept);
    await cdk(kept, 'synth', '--app', APP, '--output', 'pipeline.out', '--quiet', '--strict');
    await deployStage(kept);
    const taken = await deployed(kept);
    for (const side of SIDES) {
      expect(taken[side].stackId).toBe(byHand[side].stackId);
      expect(taken[side].status).toBe('UPDATE_COMPLETE');
      expect(taken[side].resources).toMatchObject(byHand[side].resources);
      const added = Object.keys(taken[side].resources).filter((id) => !(id in byHand[side].resources));
      expect(added).toEqual(added.filter((id) => id.startsWith('VerificationRole')));
      expect(added).not.toEqual([]);
    }
    expect(taken.replica).toEqual(byHand.replica);

    const again = await deployStage(kept);
    expect(again.match(/\(no changes\)/g)).toHaveLength(2);
    expect(await deployed(kept)).toEqual(taken);
  } finally {
    process.kill(kept.pid);
  }
});

/** The configuration of the run, with a pipeline: from here on every command finds this one. */
function addPipelineTo({ directory }: Kept): void {
  const file = join(directory, 'config.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), pipeline: PIPELINE }));
}

function deployStage(kept: Kept): Promise<string> {
  return cdk(kept, 'deploy', '--all', '--app', 'pipeline.out/assembly-Pipeline-Replication', '--require-approval', 'never');
}

/** Runs the CDK CLI in the folder of the run, and gives all that it said. */
async function cdk({ directory, environment }: Kept, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await finish(
    spawn(process.execPath, [require.resolve('aws-cdk/bin/cdk'), ...args, '--no-notices', '--ci'], {
      cwd: directory,
      env: { ...process.env, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
    }),
  );
  expect({ code, output: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, output: '' });
  return stdout + stderr;
}

/** Both stacks as they are, with the physical id of each resource, and the replica that the demo made. */
async function deployed({ environment }: Kept) {
  const settings = (side: SideName) => ({
    endpoint: environment['AWS_ENDPOINT_URL'],
    region: config[side].region,
    credentials: { accessKeyId: config[side].account, secretAccessKey: 'demo' },
  });
  const stack = async (side: SideName) => {
    const client = new CloudFormationClient(settings(side));
    const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: names[side].stackName }));
    const { StackResourceSummaries: resources = [] } = await client.send(
      new ListStackResourcesCommand({ StackName: names[side].stackName }),
    );
    return {
      stackId: found?.StackId,
      status: found?.StackStatus,
      resources: Object.fromEntries(
        resources.map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId ?? '', PhysicalResourceId]),
      ),
    };
  };
  const { VersionId, ETag, LastModified } = await new S3Client({ ...settings('destination'), forcePathStyle: true }).send(
    new HeadObjectCommand({ Bucket: names.pairs[0]?.replicaBucket.name, Key: 'hello.txt' }),
  );
  return {
    destination: await stack('destination'),
    source: await stack('source'),
    replica: { VersionId, ETag, LastModified },
  };
}
