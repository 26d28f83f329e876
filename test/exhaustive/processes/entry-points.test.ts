import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context as cdkJsonContext } from '../../../cdk.json';
import { PIPELINE } from '../../helpers/config';
import { PROJECT } from '../../helpers/process';

type Keys = Record<string, unknown>;

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
    return spawnSync(process.execPath, ['--require', './bin/typescript.js', `bin/${entry}.ts`], {
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
    expect(Object.keys(byHand).toSorted()).toEqual([
      'BackupHealth',
      'Destination',
      'DestinationHealth',
      'Heartbeat',
      'Monitoring',
      'Source',
      'SourceHealth',
    ]);
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
