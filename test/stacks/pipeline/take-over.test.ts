import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { addReplicationStacks } from '../../../lib/stacks/replication';
import { testApp } from '../../helpers/app';
import { PIPELINE, validConfig } from '../../helpers/config';
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
    'in GovCloud',
    {
      source: { region: 'us-gov-west-1' },
      destination: { region: 'us-gov-east-1' },
      pipeline: { ...PIPELINE, region: 'us-gov-west-1' },
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
    expect(byPipeline()).toHaveLength(7);
    expect(byPipeline()).toEqual(byHand());
  });

  test('each logical id is the one that is there already', () => {
    const ids = (stacks: ReturnType<typeof byHand>) => stacks.map(({ template }) => Object.keys(template.Resources));
    expect(ids(byPipeline())).toEqual(ids(byHand()));
  });
});
