import { readFileSync } from 'node:fs';
import { CfnResource, TagManager } from 'aws-cdk-lib';
import { addPipeline } from '../../lib/stacks/pipeline/pipeline-stack';
import { addReplicationStacks } from '../../lib/stacks/replication';
import { testApp } from '../helpers/app';
import { LOCKDOWN, PIPELINE, validConfig } from '../helpers/config';

test('every resource takes the tags of the configuration, but for those that the document of organizations names', () => {
  const app = testApp();
  const config = validConfig({
    ...LOCKDOWN,
    witness: true,
    backfill: true,
    monitoring: { email: 'a@example.com' },
    pipeline: PIPELINE,
  });
  addReplicationStacks(app, config);
  addPipeline(app, config);
  const resources = app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct));
  const untagged = resources.filter((one) => !TagManager.isTaggable(one) && !TagManager.isTaggableV2(one));
  const page = readFileSync('docs/organizations.md', 'utf8').split('What takes no tags')[1] ?? '';
  const named = [...page.matchAll(/`(AWS::\w+::\w+)`/g)].map(([, type]) => type ?? '');

  expect([...new Set(untagged.map(({ cfnResourceType: type }) => type))].toSorted()).toEqual(named.toSorted());
});
