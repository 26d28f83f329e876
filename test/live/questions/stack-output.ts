import { GetRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { replicaKeyArn } from '../../../lib/model/names';
import { question } from '../question';

export const STACK_OUTPUT = question({
  name: 'stack-output',
  unknown: 'Whether CloudFormation resolves `Fn::GetStackOutput` inside an inline policy.',
  pages: [
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html',
  ],
  settles: [],
  how: 'The deployment has `keyExchange: stack-output`, and the policy of a replication role is read.',
  answers: {
    resolved: '`keyExchange: stack-output` stays the default.',
    'not resolved': '`keyExchange: ssm` has to become the default.',
  },
  notOnEmulator: 'an emulator resolves it in no place',
  minutes: 1,
  ask: async (asking) => {
    const iam = await asking.access.clients.iam('source');
    const RoleName = asking.pair('plain').names.replicationRole.name;
    const { PolicyNames: names = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const documents = await Promise.all(names.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))));
    const text = documents.map(({ PolicyDocument: document = '' }) => decodeURIComponent(document)).join('');
    const resolved = text.includes(replicaKeyArn(asking.config, ''));
    return { answer: resolved ? 'resolved' : 'not resolved', seen: `${names.length} inline policies` };
  },
});
