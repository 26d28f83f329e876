import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { question } from '../question';

export const LEAST_PRIVILEGE = question({
  name: 'least-privilege',
  unknown:
    'Whether the policies of `bootstrap --least-privilege` are enough for what the handlers of CloudFormation read and write.',
  pages: ['https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html'],
  settles: [],
  how: 'The backup account is bootstrapped with them before the deployment. If a handler is refused, the run begins again without them.',
  answers: {
    enough: 'The policies stay as they are.',
    refused: 'Add the refused action to lib/ops/bootstrap/least-privilege/decisions.ts.',
  },
  notOnEmulator: 'an emulator evaluates no identity policies',
  minutes: 1,
  // Where it is refused, the run has the answer from the deployment that failed.
  ask: async (asking) => {
    const { stackName: StackName } = asking.config.names.destination;
    const client = await asking.access.clients.cloudFormation('destination');
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    return { answer: 'enough', seen: `the destination stack is ${stack?.StackStatus}` };
  },
});
