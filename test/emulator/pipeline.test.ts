import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type StackKind, stackPlace } from '../../lib/model/stacks';
import { PIPELINE, validConfig } from '../helpers/config';
import { finish, type Kept, PROJECT } from '../helpers/process';
import { deployedDemo } from './deployed-demo';

jest.setTimeout(8 * 60_000);

const config = validConfig({ deployment: 'backups-demo', removal: 'destroy', keyExchange: 'ssm' });

/** The stacks that the emulator takes: it refuses composite alarms, and with them the stacks that have them. */
const STACKS = ['destination', 'source', 'monitoring'] as const satisfies readonly StackKind[];

/** The app of the pipeline, for the folder of a run. */
const APP = `node --require ${JSON.stringify(join(PROJECT, 'bin/typescript.js'))} ${JSON.stringify(join(PROJECT, 'bin/pipeline.ts'))}`;

/**
 * The emulator refuses templates with CodePipeline, so the pipeline itself is not deployed here. What CodePipeline would hand to
 * CloudFormation is: the assembly of its stage, over a deployment made by hand.
 */
test('the stage of the pipeline takes over a deployment made by hand: nothing is replaced, and nothing is left to do', async () => {
  const kept = await deployedDemo();
  try {
    const byHand = await deployed(kept);
    expect(Object.keys(byHand.destination.resources).length).toBeGreaterThan(5);

    addPipelineTo(kept);
    await cdk(kept, 'synth', '--app', APP, '--output', 'pipeline.out', '--quiet', '--strict');
    await deployStage(kept);
    const taken = await deployed(kept);
    for (const stack of STACKS) {
      expect(taken[stack].stackId).toBe(byHand[stack].stackId);
      expect(taken[stack].status).toBe('UPDATE_COMPLETE');
      expect(taken[stack].resources).toMatchObject(byHand[stack].resources);
      const added = Object.keys(taken[stack].resources).filter((id) => !(id in byHand[stack].resources));
      expect(added).toEqual(added.filter((id) => id.startsWith('VerificationRole')));
      expect(added.length > 0).toBe(stack !== 'monitoring');
    }
    expect(taken.replica).toEqual(byHand.replica);

    const again = await deployStage(kept);
    expect(again.match(/\(no changes\)/g)).toHaveLength(STACKS.length);
    expect(await deployed(kept)).toEqual(taken);
  } finally {
    await kept.stop();
  }
});

/** The configuration of the run, with a pipeline: from here on every command finds this one. */
function addPipelineTo({ directory }: Kept): void {
  const file = join(directory, 'config.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), pipeline: PIPELINE }));
}

function deployStage(kept: Kept): Promise<string> {
  const ids = ['Destination', 'Source', 'Monitoring'].map((id) => `Pipeline/Replication/${id}`);
  return cdk(kept, 'deploy', ...ids, '--app', 'pipeline.out/assembly-Pipeline-Replication', '--require-approval', 'never');
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

/** The stacks as they are, with the physical id of each resource, and the replica that the demo made. */
async function deployed({ environment }: Kept) {
  const settings = (kind: StackKind) => {
    const { owner, region } = stackPlace(config, kind);
    return {
      endpoint: environment['AWS_ENDPOINT_URL'],
      region,
      credentials: { accessKeyId: config[owner].account, secretAccessKey: 'demo' },
    };
  };
  const stack = async (kind: StackKind) => {
    const client = new CloudFormationClient(settings(kind));
    const { stackName: StackName } = stackPlace(config, kind);
    const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const { StackResourceSummaries: resources = [] } = await client.send(new ListStackResourcesCommand({ StackName }));
    return {
      stackId: found?.StackId,
      status: found?.StackStatus,
      resources: Object.fromEntries(
        resources.map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId ?? '', PhysicalResourceId]),
      ),
    };
  };
  const { VersionId, ETag, LastModified } = await new S3Client({ ...settings('destination'), forcePathStyle: true }).send(
    new HeadObjectCommand({ Bucket: config.pairs[0]?.names.replicaBucket.name, Key: 'hello.txt' }),
  );
  return {
    destination: await stack('destination'),
    source: await stack('source'),
    monitoring: await stack('monitoring'),
    replica: { VersionId, ETag, LastModified },
  };
}
