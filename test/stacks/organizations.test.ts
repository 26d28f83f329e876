import { readFileSync } from 'node:fs';
import { CfnResource, TagManager } from 'aws-cdk-lib';
import type { Template } from '../../lib/model/template';
import { addPipeline } from '../../lib/stacks/pipeline/pipeline-stack';
import { addReplicationStacks } from '../../lib/stacks/replication';
import { testApp } from '../helpers/app';
import { LOCKDOWN, PIPELINE, validConfig } from '../helpers/config';

const config = validConfig({
  ...LOCKDOWN,
  witness: true,
  backfill: true,
  monitoring: { email: 'a@example.com' },
  pipeline: PIPELINE,
  pairs: [{ id: 'documents' }, { id: 'invoices', sourceBucket: { name: 'acme-invoices', keyArns: [] } }],
});

/** An app with every kind of resource, in an organization that requires a permissions boundary. */
const app = testApp({ '@aws-cdk/core:permissionsBoundary': { name: 'limits-of-${Qualifier}' } });
addReplicationStacks(app, config);
addPipeline(app, config);

test('every resource takes the tags of the configuration, but for those that the document of organizations names', () => {
  const resources = app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct));
  const untagged = resources.filter((one) => !TagManager.isTaggable(one) && !TagManager.isTaggableV2(one));
  const page = readFileSync('docs/organizations.md', 'utf8').split('What takes no tags')[1] ?? '';
  const named = [...page.matchAll(/`(\w+::\w+(?:::\w+)?)`/g)].map(([, type]) => type ?? '');

  expect([...new Set(untagged.map(({ cfnResourceType: type }) => type))].toSorted()).toEqual(named.toSorted());
});

test('every role has the permissions boundary that the context of the CDK names', () => {
  const assembly = app.synth();
  const stacks = [...assembly.stacks, ...assembly.nestedAssemblies.flatMap(({ nestedAssembly }) => nestedAssembly.stacks)];
  const roles = stacks.flatMap(({ stackName, template }) =>
    Object.entries((template as Template)['Resources'] as Record<string, { Type: string; Properties?: Record<string, unknown> }>)
      .filter(([, { Type: type }]) => type === 'AWS::IAM::Role')
      .map(([id, { Properties: properties }]) => [
        `${stackName} ${id}`,
        JSON.stringify(properties?.['PermissionsBoundary'] ?? null),
      ]),
  );

  expect(roles.length).toBeGreaterThan(10);
  expect(roles.filter(([, boundary]) => boundary?.includes(':policy/limits-of-hnb659fds') !== true)).toEqual([]);
});
