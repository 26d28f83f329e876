import { readFileSync } from 'node:fs';
import { CfnResource, TagManager } from 'aws-cdk-lib';
import { addDeliveryStacks } from '../../lib/stacks/delivery/delivery-stack';
import { addPipeline } from '../../lib/stacks/pipeline/pipeline-stack';
import { addReplicationStacks } from '../../lib/stacks/replication';
import { testApp } from '../helpers/app';
import { DELIVERY, LOCKDOWN, PIPELINE, validConfig } from '../helpers/config';

type Properties = Readonly<Record<string, unknown>>;

const config = validConfig({
  ...LOCKDOWN,
  witness: true,
  backfill: true,
  inventory: {},
  monitoring: { email: 'a@example.com' },
  pipeline: PIPELINE,
  pairs: [{ id: 'documents' }, { id: 'invoices', sourceBucket: { name: 'acme-invoices', keyArns: [] } }],
});

/** An organization that requires a permissions boundary. */
const BOUNDARY = { '@aws-cdk/core:permissionsBoundary': { name: 'limits-of-${Qualifier}' } };

/** An app with every kind of resource; GitHub Actions exclude a pipeline, and have one of their own. */
const app = testApp(BOUNDARY);
addReplicationStacks(app, config);
addPipeline(app, config);
const gitHubApp = testApp(BOUNDARY);
addDeliveryStacks(gitHubApp, validConfig(DELIVERY));

test('every resource takes the tags of the configuration, but for those that the document of organizations names', () => {
  const resources = [app, gitHubApp].flatMap(({ node }) => node.findAll()).filter((one) => CfnResource.isCfnResource(one));
  const untagged = resources.filter((one) => !TagManager.isTaggable(one) && !TagManager.isTaggableV2(one));
  const page = readFileSync('docs/organizations.md', 'utf8').split('What takes no tags')[1] ?? '';
  const named = [...page.matchAll(/`(\w+::\w+(?:::\w+)?)`/g)].map(([, type]) => type ?? '');

  expect([...new Set(untagged.map(({ cfnResourceType: type }) => type))].toSorted()).toEqual(named.toSorted());
});

/** The stacks of the apps, and what they are made of. */
const stacks = [app, gitHubApp].flatMap((one) => {
  const { stacks: own, nestedAssemblies } = one.synth();
  return [...own, ...nestedAssemblies.flatMap(({ nestedAssembly }) => nestedAssembly.stacks)].map(
    ({ stackName, environment, template }) => {
      const { Resources: resources } = template as { Resources: Record<string, { Type: string; Properties?: Properties }> };
      return { stackName, environment, resources };
    },
  );
});

test('every role has the permissions boundary that the context of the CDK names', () => {
  const roles = stacks.flatMap(({ stackName, resources }) =>
    Object.entries(resources)
      .filter(([, { Type: type }]) => type === 'AWS::IAM::Role')
      .map(([id, { Properties: properties }]) => [
        `${stackName} ${id}`,
        JSON.stringify(properties?.['PermissionsBoundary'] ?? null),
      ]),
  );

  expect(roles.length).toBeGreaterThan(10);
  expect(roles.filter(([, boundary]) => boundary?.includes(':policy/limits-of-hnb659fds') !== true)).toEqual([]);
});

test('the document of organizations names the services of each Region that a policy has to allow', () => {
  const { source, destination } = config;
  const rows: Readonly<Record<string, string>> = {
    [`${source.account} ${source.region}`]: 'source | of the source buckets',
    [`${source.account} ${destination.region}`]: 'source | of the replica buckets',
    [`${destination.account} ${destination.region}`]: 'backup | of the replica buckets',
    [`${PIPELINE.account} ${PIPELINE.region}`]: 'pipeline | its own',
    [`${PIPELINE.account} ${source.region}`]: 'pipeline | those of the stacks',
    [`${PIPELINE.account} ${destination.region}`]: 'pipeline | those of the stacks',
  };
  const services = new Map<string, Set<string>>();
  for (const { environment, resources } of stacks) {
    const row = rows[`${environment.account} ${environment.region}`] ?? 'none';
    const named = Object.values(resources).flatMap(({ Type: type }) => /^AWS::(\w+)::/.exec(type)?.[1] ?? []);
    services.set(row, new Set([...(services.get(row) ?? []), ...named.filter((service) => service !== 'CDK')]));
  }
  const page = readFileSync('docs/organizations.md', 'utf8');
  const lines = [...services].map(([row, all]) => `| ${row} | ${[...all].toSorted().join(', ')} |`);

  expect(lines.filter((line) => !page.includes(line))).toEqual([]);
});
