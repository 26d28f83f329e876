import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { dependencies, scripts } from '../../../package.json';
import { namedCommands } from '../../helpers/named-commands';
import { recordedKey } from '../../helpers/templates';
import { buildOf, pipelineApp, runOrders, stagesIn } from './pipeline';

describe('the pipeline', () => {
  const { app, config, stack, template } = pipelineApp({}, { email: 'storage@example.com' });
  const names = config.names;

  test('is a protected stack of the tooling account under the configured names', () => {
    expect(stack).toMatchObject({
      account: '333333333333',
      region: 'eu-west-1',
      stackName: 'backups-pipeline',
      terminationProtection: true,
    });
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Name: names.pipeline?.pipelineName,
      PipelineType: 'V2',
      RestartExecutionOnUpdate: true,
    });
  });

  test('goes from the source over synthesis and its own update to the deployment: there are no assets to publish', () => {
    expect(Object.keys(stagesIn(template))).toEqual(['Source', 'Build', 'UpdatePipeline', 'Replication']);
  });

  test('reads the repository through the connection', () => {
    expect(stagesIn(template)['Source']).toMatchObject([
      {
        ActionTypeId: { Category: 'Source', Provider: 'CodeStarSourceConnection' },
        Configuration: {
          ConnectionArn: config.pipeline?.connectionArn,
          FullRepositoryId: 'example/backups',
          BranchName: 'main',
        },
      },
    ]);
  });

  test('may use that connection, under either name of the service, and no other', () => {
    const uses = statementsOf(template).filter(({ Action }) => JSON.stringify(Action).includes(':UseConnection'));
    expect(uses).toEqual([
      {
        Effect: 'Allow',
        Action: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
        Resource: config.pipeline?.connectionArn,
      },
    ]);
  });

  test('installs, tests and synthesizes itself with the CLI of the project', () => {
    expect(buildOf(template, 'Synth').commands).toEqual([
      'npm ci',
      'npm test',
      'npx cdk synth --app "node --require ./bin/typescript.js bin/pipeline.ts" --strict --quiet --no-notices',
    ]);
    expect(scripts['deploy:pipeline']).toBe('cdk deploy Pipeline --app "node --require ./bin/typescript.js bin/pipeline.ts"');
  });

  test('updates itself with exactly the CLI of the project', () => {
    const { installs, commands } = buildOf(template, 'SelfMutate');
    expect(installs).toEqual([`npm install -g aws-cdk@${dependencies['aws-cdk']}`]);
    expect(commands).toEqual(['cdk -a . deploy Pipeline --require-approval=never --verbose']);
  });

  test('installs nothing without a version', () => {
    const all = Object.values(template.findResources('AWS::CodeBuild::Project')).map((project) => JSON.stringify(project));
    const installed = all.flatMap((text) => [...text.matchAll(/npm install [^"\\]*/g)].map(([command]) => command));
    expect(installed.length).toBeGreaterThan(0);
    expect(installed.filter((command) => !/@\d+\.\d+\.\d+$/.test(command))).toEqual([]);
  });

  test('compares the stacks of an account with what is deployed, asks, and deploys them: the destination before the source', () => {
    expect(runOrders(stagesIn(template)['Replication'])).toEqual({
      'backups-destination.Changes': 1,
      'backups-destination.Approve': 2,
      'backups-destination.Prepare': 3,
      'backups-destination.Deploy': 4,
      'backups-backup-health.Prepare': 5,
      'backups-backup-health.Deploy': 6,
      'backups-source.Changes': 5,
      'backups-source.Approve': 6,
      'backups-source.Prepare': 7,
      'backups-source.Deploy': 8,
      'backups-monitoring.Prepare': 9,
      'backups-monitoring.Deploy': 10,
      'backups-heartbeat.Prepare': 9,
      'backups-heartbeat.Deploy': 10,
      'backups-source-health.Prepare': 9,
      'backups-source-health.Deploy': 10,
      'backups-destination-health.Prepare': 11,
      'backups-destination-health.Deploy': 12,
      Verify: 13,
    });
  });

  test.each([
    ['destination', '222222222222', 2],
    ['source', '111111111111', 5],
  ])('touches no stack of the %s account before its approval', (side, account, count) => {
    const orders = runOrders(stagesIn(template)['Replication']);
    const stacks = stack.stage.node.children.filter(Stack.isStack).filter((each) => each.account === account);
    expect(stacks).toHaveLength(count);
    for (const { stackName } of stacks) {
      expect(orders[`${stackName}.Prepare`]).toBeGreaterThan(orders[`backups-${side}.Approve`] ?? Infinity);
    }
  });

  test('names to the person who approves each stack and the account', () => {
    const comments = stagesIn(template)['Replication']?.flatMap(({ Configuration: { CustomData } }) => CustomData ?? []);
    expect(comments).toEqual([
      'Deploys backups-destination, backups-backup-health to account 222222222222. The plan is in the log of the action before.',
      'Deploys backups-source, backups-monitoring, backups-heartbeat, backups-source-health, backups-destination-health to account 111111111111. The plan is in the log of the action before.',
    ]);
  });

  test('deploys into the environments of both sides with the roles of their bootstrap', () => {
    const deploying = stagesIn(template)['Replication']?.filter(({ ActionTypeId }) => ActionTypeId.Provider === 'CloudFormation');
    const role = (account: string, region: string) =>
      `arn:\${AWS::Partition}:iam::${account}:role/cdk-hnb659fds-deploy-role-${account}-${region}`;
    const [source, destination] = ['ap-southeast-2', 'us-west-2'];
    const places = {
      'backups-destination': [destination, role('222222222222', destination)],
      'backups-source': [source, role('111111111111', source)],
      'backups-monitoring': [destination, role('111111111111', destination)],
      'backups-heartbeat': [source, role('111111111111', source)],
      'backups-backup-health': [destination, role('222222222222', destination)],
      'backups-source-health': [source, role('111111111111', source)],
      'backups-destination-health': [destination, role('111111111111', destination)],
    };
    const actions = deploying?.map(({ Name, Region, RoleArn, Configuration: { StackName } }) => {
      return [Name, [StackName, Region, joined(RoleArn)]];
    });
    expect(Object.fromEntries(actions ?? [])).toEqual(
      Object.fromEntries(
        Object.entries(places).flatMap(([name, place]) =>
          ['Prepare', 'Deploy'].map((step) => [`${name}.${step}`, [name, ...place]]),
        ),
      ),
    );
  });

  test.each([
    ['destination', ['backups-destination', 'backups-backup-health']],
    [
      'source',
      ['backups-source', 'backups-monitoring', 'backups-heartbeat', 'backups-source-health', 'backups-destination-health'],
    ],
  ])('plans every stack of the %s account from the assembly that is deployed, read only', (side, stacks) => {
    const { installs, commands } = buildOf(template, `backups-${side}.Changes`);
    expect(installs).toEqual([
      expect.stringContaining('ln -s -- "$CODEBUILD_SRC_DIR_Synth_Output" "cdk.out"'),
      'npm ci --omit=dev',
    ]);
    expect(commands).toEqual([
      `npx --no -- s3-replication plan --assembly cdk.out/${stack.stage.artifactId} ${stacks.map((name) => `--stack ${name}`).join(' ')} --lookup-roles`,
    ]);
    expect(
      app
        .synth()
        .getNestedAssembly(stack.stage.artifactId)
        .stacks.map(({ stackName }) => stackName),
    ).toEqual(expect.arrayContaining(stacks));
  });

  test('then looks at the deployment and replicates canaries', () => {
    expect(buildOf(template, 'Verify')).toMatchObject({
      installs: ['npm ci --omit=dev'],
      commands: [
        'npx --no -- s3-replication doctor --accept notifications-destination,notifications-source --verification-roles',
        'npx --no -- s3-replication verify --yes --verification-roles',
      ],
    });
  });

  test('runs no command that the project does not have', () => {
    const commands = ['backups-destination.Changes', 'backups-source.Changes', 'Verify', 'Synth'].flatMap(
      (name) => buildOf(template, name).commands,
    );
    const named = namedCommands(commands.join('\n'));

    expect(named.map(({ name }) => name)).toEqual(['plan', 'plan', 'doctor', 'verify']);
    expect(named.filter(({ exists }) => !exists)).toEqual([]);
  });

  test('keeps its artifacts under keys that rotate, in every region', () => {
    for (const [account, each] of [stack, ...supportStacks()].map((one) => [one.account, Template.fromStack(one)] as const)) {
      expect(account).toBe('333333333333');
      each.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
      each.resourceCountIs('AWS::S3::Bucket', 1);
      each.hasResourceProperties('AWS::S3::Bucket', {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true },
      });
      each.hasResourceProperties('AWS::S3::BucketPolicy', {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } }, Action: 's3:*' }),
          ]),
        },
      });
    }
  });

  test('has support stacks in the regions of both sides, protected like the others', () => {
    expect(
      supportStacks()
        .map(({ stackName, region }) => `${stackName} in ${region}`)
        .toSorted(),
    ).toEqual(['backups-pipeline-support-ap-southeast-2 in ap-southeast-2', 'backups-pipeline-support-us-west-2 in us-west-2']);
    expect(supportStacks().map(({ terminationProtection }) => terminationProtection)).toEqual([true, true]);
  });

  test('pins image and Node version of every build', () => {
    const builds = ['Synth', 'SelfMutate', 'backups-destination.Changes', 'backups-source.Changes', 'Verify'];
    template.resourceCountIs('AWS::CodeBuild::Project', builds.length);
    for (const name of builds) {
      const { properties, nodeVersion } = buildOf(template, name);
      expect(properties).toMatchObject({
        Environment: { Image: 'aws/codebuild/standard:7.0', PrivilegedMode: false, Type: 'LINUX_CONTAINER' },
      });
      expect(nodeVersion).toBe(22);
    }
  });

  test('logs every build into one group that is encrypted and expires', () => {
    const [group = ''] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    const [key = ''] = Object.keys(template.findResources('AWS::KMS::Key', { Properties: { RotationPeriodInDays: 365 } }));
    template.resourceCountIs('AWS::Logs::LogGroup', 1);
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { KmsKeyId: { 'Fn::GetAtt': [key, 'Arn'] }, RetentionInDays: 365 },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
    template.allResourcesProperties('AWS::CodeBuild::Project', {
      LogsConfig: { CloudWatchLogs: { GroupName: { Ref: group }, Status: 'ENABLED' } },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      RotationPeriodInDays: 365,
      KeyPolicy: {
        Statement: Match.arrayWith([
          {
            Sid: 'EncryptLogs',
            Effect: 'Allow',
            Principal: { Service: 'logs.eu-west-1.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:Describe*', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
            Resource: '*',
            Condition: {
              ArnLike: { 'kms:EncryptionContext:aws:logs:arn': 'arn:aws:logs:eu-west-1:333333333333:log-group:*' },
            },
          },
        ]),
      },
    });
  });

  test('lets each build write into the encrypted group, through CloudWatch Logs only', () => {
    const writers = statementsOf(template).filter(({ Sid }) => Sid === 'WriteEncryptedLogs');
    // One for each role: both plans have one.
    expect(writers).toHaveLength(4);
    expect(new Set(writers.map(({ Condition }) => JSON.stringify(Condition)))).toEqual(
      new Set(['{"StringEquals":{"kms:ViaService":"logs.eu-west-1.amazonaws.com"}}']),
    );
  });

  test('publishes a failed run of this pipeline, and nothing else, to an encrypted topic that takes TLS only', () => {
    const [topic = ''] = Object.keys(template.findResources('AWS::SNS::Topic'));
    const [pipeline = ''] = Object.keys(template.findResources('AWS::CodePipeline::Pipeline'));
    template.resourceCountIs('AWS::Events::Rule', 1);
    template.hasResourceProperties('AWS::Events::Rule', {
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.codepipeline'],
        'detail-type': ['CodePipeline Pipeline Execution State Change'],
        detail: { state: ['FAILED'] },
        resources: [{ 'Fn::Join': ['', ['arn:aws:codepipeline:eu-west-1:333333333333:', { Ref: pipeline }]] }],
      },
      Targets: [Match.objectLike({ Arn: { Ref: topic }, RoleArn: Match.absent() })],
    });
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: topic },
            Condition: Match.absent(),
          }),
        ],
      },
    });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'storage@example.com' });
  });

  function supportStacks() {
    return stack.artifactBuckets.map((bucket) => bucket.stack).filter((each) => each !== stack);
  }
});

describe('configured otherwise, the pipeline', () => {
  test('asks nobody without approval, and plans all the same', () => {
    const { template } = pipelineApp({}, { approval: false });
    expect(runOrders(stagesIn(template)['Replication'])).toEqual({
      'backups-destination.Changes': 1,
      'backups-destination.Prepare': 2,
      'backups-destination.Deploy': 3,
      'backups-backup-health.Prepare': 4,
      'backups-backup-health.Deploy': 5,
      'backups-source.Changes': 4,
      'backups-source.Prepare': 5,
      'backups-source.Deploy': 6,
      'backups-monitoring.Prepare': 7,
      'backups-monitoring.Deploy': 8,
      'backups-heartbeat.Prepare': 7,
      'backups-heartbeat.Deploy': 8,
      'backups-source-health.Prepare': 7,
      'backups-source-health.Deploy': 8,
      'backups-destination-health.Prepare': 9,
      'backups-destination-health.Deploy': 10,
      Verify: 11,
    });
  });

  test('subscribes nobody without an e-mail address', () => {
    pipelineApp().template.resourceCountIs('AWS::SNS::Subscription', 0);
  });

  test('deploys another branch', () => {
    const { template } = pipelineApp({}, { branch: 'release/1' });
    expect(stagesIn(template)['Source']).toMatchObject([{ Configuration: { BranchName: 'release/1' } }]);
  });

  test('needs no support stack for its own region', () => {
    const { stack } = pipelineApp({}, { region: 'us-west-2' });
    expect(stack.artifactBuckets.map((bucket) => bucket.stack.region)).toEqual(['us-west-2', 'ap-southeast-2']);
  });

  test('carries protection, tags, rotation and removal of the deployment, in each of its stacks', () => {
    const { app, stack, template } = pipelineApp({
      deployment: 'x-demo',
      removal: 'destroy',
      keyRotationDays: 90,
      tags: { team: 'storage' },
    });
    for (const each of app.synth().stacks) {
      expect(each.terminationProtection).toBe(false);
      expect(each.tags).toEqual({ team: 'storage' });
    }
    expect(stack.stackName).toBe('x-demo-pipeline');
    template.hasResource('AWS::KMS::Key', { Properties: { RotationPeriodInDays: 90 }, DeletionPolicy: 'Delete' });
    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  });

  test('hands the file of the configuration to each build', () => {
    const file = 'test/pipeline/example.json';
    const { template } = pipelineApp({}, {}, { config: file });
    const commands = (name: string) => buildOf(template, name).commands.join('\n');
    expect(commands('Synth')).toMatch(new RegExp(`cdk synth .* -c config=${file}$`));
    expect(commands('backups-destination.Changes')).toMatch(new RegExp(` -c config=${file}$`));
    expect(commands('backups-source.Changes')).toMatch(new RegExp(` -c config=${file}$`));
    expect(commands('Verify').match(new RegExp(` --config ${file}$`, 'gm'))).toHaveLength(2);
  });

  test('deploys with the recorded key, where it is exchanged by ssm', () => {
    const { app, stack } = pipelineApp({ keyExchange: 'ssm' });
    const { stacks } = app.synth().getNestedAssembly(stack.stage.artifactId);
    const source = stacks.find(({ stackName }) => stackName === 'backups-source');
    expect(JSON.stringify(source?.template)).toContain(recordedKey().arn);
  });
});

interface Statement {
  readonly Sid?: string;
  readonly Action: unknown;
  readonly Condition?: unknown;
}

/** Every statement of the identity policies of a template. */
function statementsOf(template: Template): Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => (Properties as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement,
  );
}

/** An ARN as one text, whose partition may be a placeholder. */
function joined(arn: unknown): string {
  const [, parts] = (arn as { 'Fn::Join': [string, (string | { Ref: string })[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : `\${${part.Ref}}`)).join('');
}
