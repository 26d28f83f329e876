import { CONFIGURATIONS, complies } from '../stacks/compliance/complies';
import { PIPELINES, pipelineComplies } from '../stacks/compliance/pipeline-complies';

complies(CONFIGURATIONS);
pipelineComplies(PIPELINES.slice(1));
