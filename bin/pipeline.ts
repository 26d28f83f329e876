import 'source-map-support/register-hook-require';
import { runCdkApp } from '../lib/cdk-app';
import { pipelineAcknowledgementsOf } from '../lib/compliance/pipeline-acknowledgements';
import { addPipeline } from '../lib/pipeline/add-pipeline';

runCdkApp((app, config) => {
  const pipeline = addPipeline(app, config);
  return () => pipelineAcknowledgementsOf(pipeline);
});
