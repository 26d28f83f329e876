import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { context as cdkJsonContext } from '../../../cdk.json';
import { addReplicationStacks } from '../../../lib/stacks/replication';
import { testApp } from '../../helpers/app';
import { PIPELINE, validConfig } from '../../helpers/config';
import { PROJECT } from '../../helpers/process';
import { remembered } from '../../helpers/remembered';
import { recordedKey } from '../../helpers/templates';
import { pipelineApp } from './pipeline';

type Keys = Record<string, unknown>;

const CONFIGURATIONS: readonly [string, Keys][] = [
  ['by default', {}],
  ['with the key exchanged by ssm', { keyExchange: 'ssm' }],
  [
    'with several pairs, filters, time control and tags',
    {
      pairs: [
        { id: 'documents', filter: { prefix: 'reports/' }, replicateDeleteMarkers: true },
        { id: 'photos', filter: { prefix: 'in/', tags: { keep: 'yes' } }, timeControl: true, bucketKeys: false },
      ],
      tags: { team: 'storage' },
    },
  ],
  ['of a demo in the global bucket namespace', { deployment: 'x-demo', removal: 'destroy', bucketNamespace: 'global' }],
  [
    'in China',
    {
      source: { region: 'cn-north-1' },
      destination: { region: 'cn-northwest-1' },
      pipeline: { ...PIPELINE, region: 'cn-north-1' },
    },
  ],
];

/** What a deployment of a stack depends on. */
function essence({ stackName, environment, tags, terminationProtection, template }: CloudFormationStackArtifact) {
  return {
    stackName,
    environment: `${environment.account} ${environment.region}`,
    tags,
    terminationProtection,
    template: template as { Resources: Record<string, { Type: string }> },
  };
}

describe.each(CONFIGURATIONS)('%s', (_, given) => {
  const keys: Keys = { pipeline: PIPELINE, ...given };
  const recorded = keys['keyExchange'] === 'ssm' ? recordedKey(keys).context : {};
  const byHand = remembered(() => {
    const app = testApp(recorded);
    addReplicationStacks(app, validConfig(keys));
    return app.synth().stacks.map(essence);
  });
  const byPipeline = remembered(() => {
    const { app, stack } = pipelineApp(keys, keys['pipeline'] as Keys);
    return app.synth().getNestedAssembly(stack.stage.artifactId).stacks.map(essence);
  });

  test('the pipeline deploys the stacks that are deployed by hand, under the same names into the same environments', () => {
    expect(byPipeline()).toHaveLength(5);
    expect(byPipeline()).toEqual(byHand());
  });

  test('each logical id is the one that is there already', () => {
    const ids = (stacks: ReturnType<typeof byHand>) => stacks.map(({ template }) => Object.keys(template.Resources));
    expect(ids(byPipeline())).toEqual(ids(byHand()));
  });
});

describe('the two entry points', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3-replication-pipeline-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs an entry point as the CDK CLI does, usage reporting included. */
  function run(entry: string, replication: Keys) {
    return spawnSync(process.execPath, ['--require', 'tsx/cjs', `bin/${entry}.ts`], {
      cwd: PROJECT,
      encoding: 'utf8',
      env: {
        ...process.env,
        CDK_CONTEXT_JSON: JSON.stringify({ ...cdkJsonContext, replication, 'aws:cdk:version-reporting': true }),
        CDK_OUTDIR: join(folder, entry),
        CDK_VALIDATION: 'false',
        CDK_DEBUG: '',
      },
    });
  }

  /** The templates of a folder by the part of their names that says which stack it is; without what only counts constructs. */
  function templatesIn(directory: string): Record<string, unknown> {
    return Object.fromEntries(
      readdirSync(directory)
        .filter((name) => name.endsWith('.template.json'))
        .map((name) => {
          const template = JSON.parse(readFileSync(join(directory, name), 'utf8'));
          expect(template.Resources.CDKMetadata).toBeDefined();
          delete template.Resources.CDKMetadata.Properties.Analytics;
          delete template.Resources.CDKMetadata.Metadata;
          return [/(\w+?)(?:[0-9A-F]{8})?\.template\.json$/.exec(name)?.[1]?.replace('PipelineReplication', ''), template];
        }),
    );
  }

  test('write the same templates', () => {
    for (const entry of ['replication', 'pipeline']) {
      const { status, stderr } = run(entry, { pipeline: PIPELINE });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
    const byHand = templatesIn(join(folder, 'replication'));
    expect(Object.keys(byHand).toSorted()).toEqual(['Destination', 'DestinationHealth', 'Monitoring', 'Source', 'SourceHealth']);
    expect(templatesIn(join(folder, 'pipeline', 'assembly-Pipeline-Replication'))).toEqual(byHand);
  });

  test('differ in what they need: without a pipeline in the configuration there is none to deploy', () => {
    expect(run('replication', {}).status).toBe(0);
    expect(run('pipeline', {})).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'the configuration has no pipeline\nadd "pipeline" with account, region, repository and connectionArn\n',
    });
  });
});
