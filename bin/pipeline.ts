import 'source-map-support/register-hook-require';
import { runCdkApp } from '../lib/app/cdk-app';
import { pipelineAcknowledgementsOf } from '../lib/stacks/compliance/pipeline-acknowledgements';
import { addPipeline } from '../lib/stacks/pipeline/pipeline-stack';

runCdkApp((app, config) => {
  const pipeline = addPipeline(app, config);
  return () => pipelineAcknowledgementsOf(pipeline);
});
