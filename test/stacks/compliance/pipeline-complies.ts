import { pipelineAcknowledgementsOf } from '../../../lib/stacks/compliance/pipeline-acknowledgements';
import { addPipeline } from '../../../lib/stacks/pipeline/pipeline-stack';
import { testApp } from '../../helpers/app';
import { PIPELINE, validConfig } from '../../helpers/config';
import { recordedKey } from '../../helpers/templates';
import { checkApp, findingOf } from './report';

type Keys = Record<string, unknown>;

export const PIPELINES: readonly (readonly [string, Keys])[] = [
  ['in a region of its own', { pipeline: { ...PIPELINE, email: 'storage@example.com' } }],
  ['in the region of the destination, without approvals', { pipeline: { ...PIPELINE, region: 'us-west-2', approval: false } }],
  ['in the region of the source, by ssm', { pipeline: { ...PIPELINE, region: 'ap-southeast-2' }, keyExchange: 'ssm' }],
  [
    'in partition aws-us-gov',
    {
      source: { region: 'us-gov-west-1' },
      destination: { region: 'us-gov-east-1' },
      pipeline: { ...PIPELINE, region: 'us-gov-west-1' },
      pairs: [{ id: 'documents' }, { id: 'photos', group: 'media' }],
    },
  ],
];

/** The app of the pipeline of a configuration, and everything that is acknowledged in it. */
function appOf(keys: Keys) {
  const config = validConfig(keys);
  const app = testApp(config.keyExchange === 'ssm' ? recordedKey(keys).context : {});
  return { app, acknowledgements: pipelineAcknowledgementsOf(addPipeline(app, config)) };
}

/** The app of each pipeline has the findings that are acknowledged, and no others. */
export function pipelineComplies(pipelines: readonly (readonly [string, Keys])[]): void {
  describe.each(pipelines)('the app of a pipeline %s', (_, keys) => {
    test('has exactly the findings that are acknowledged', () => {
      const { app, acknowledgements } = appOf(keys);
      const { error, findings } = checkApp(app, []);
      expect(error).toBe('ValidationFailed');
      expect(findings.toSorted()).toEqual(acknowledgements.map(findingOf).toSorted());
    });

    test('passes with them, and the report says why', () => {
      const { app, acknowledgements } = appOf(keys);
      const { error, findings, reasons } = checkApp(app, acknowledgements);
      expect({ error, findings }).toEqual({ error: undefined, findings: [] });
      expect(new Map(reasons.map(({ finding, reason }) => [finding, reason]))).toEqual(
        new Map(acknowledgements.map((made) => [findingOf(made), made.reason])),
      );
    });
  });
}
