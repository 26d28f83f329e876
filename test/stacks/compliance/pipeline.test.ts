import { PIPELINES, pipelineComplies } from './pipeline-complies';

pipelineComplies(PIPELINES.slice(0, 1));
