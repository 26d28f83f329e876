import { appOf, CONFIGURATIONS, check, complies } from '../stacks/compliance/complies';
import { PIPELINES, pipelineComplies } from '../stacks/compliance/pipeline-complies';
import { findingOf } from '../stacks/compliance/report';

complies(CONFIGURATIONS);
pipelineComplies(PIPELINES.slice(1));

test.each(appOf({}).acknowledgements.map(findingOf))('without the acknowledgement of %s, synthesis fails with it', (left) => {
  const { error, findings } = check({}, { select: (made) => findingOf(made) !== left });
  expect({ error, findings }).toEqual({ error: 'ValidationFailed', findings: [left] });
});
