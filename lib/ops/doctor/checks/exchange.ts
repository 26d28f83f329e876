import { SIDES, type SideName } from '../../../config/replication-config';
import { ConfigError } from '../../../errors/errors';
import type { DeployedPair } from '../../../model/deployment';
import { awsCommand, deployCommand, opsCommand } from '../../../model/shell-commands';
import { CONTEXT_FILE } from '../../exchange/exchange';
import { ResourceNotFound } from '../answers';
import { BUCKET, type Check, type CheckFinding, compare, type DoctorContext, notApplicable, orMissing, pass } from '../check';
import { difference, type LiveStatement, unknownStatement } from '../policy-document';
import { byHand, restoreStack } from '../repair';

/** How each side learns what the other one has: published parameters, recorded values, the stack output. */
export const EXCHANGE_CHECKS: readonly Check[] = [
  ...SIDES.flatMap((side): Check[] => [
    {
      id: `${BUCKET[side]}-key-parameter`,
      title: `SSM parameter of the ${BUCKET[side]} key holds its ARN`,
      area: 'key exchange',
      run: { each: 'deployment', ask: (context) => keyParameter(context, side) },
    },
    {
      id: `${BUCKET[side]}-parameters`,
      title: `SSM parameters of the ${BUCKET[side]} side hold the pair's ARNs`,
      area: 'key exchange',
      run: { each: 'pair', ask: (context, pair) => pairParameters(context, pair, side) },
    },
  ]),
  {
    id: 'exchange-record',
    title: `${CONTEXT_FILE} holds the replica key's ARN (keyExchange: ssm)`,
    area: 'key exchange',
    run: { each: 'deployment', ask: record },
  },
  {
    id: 'exchange-output',
    title: "destination stack's output holds the replica key's ARN (keyExchange: stack-output)",
    area: 'key exchange',
    run: { each: 'deployment', ask: output },
  },
  {
    id: 'exchange-role',
    title: 'source stack may read that output through the exchange role (keyExchange: stack-output)',
    area: 'key exchange',
    run: { each: 'deployment', ask: exchangeRole },
  },
];

async function keyParameter(context: DoctorContext, side: SideName): Promise<CheckFinding> {
  const { config, facts } = context;
  const name = facts.names[side].keyParameter;
  const { Arn: arn } = await facts.key(side);
  // A key that is owned elsewhere counts from the deployment on that publishes it.
  const isOwned = side === 'destination' && config.destination.keyArn !== undefined;
  const parameter = isOwned ? (await facts.template(side)).named('AWS::SSM::Parameter', name) : undefined;
  const published = await parameter?.get('Value');
  return parameters(context, side, { [name]: typeof published === 'string' ? published : arn });
}

async function pairParameters(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const { parameters: names, sourceBucket, replicaBucket, replicationRole } = pair.names;
  return parameters(
    context,
    side,
    side === 'source'
      ? { [names.sourceBucket]: sourceBucket.arn, [names.replicationRole]: replicationRole.arn }
      : { [names.replicaBucket]: replicaBucket.arn },
  );
}

async function parameters(
  { config, facts }: DoctorContext,
  side: SideName,
  expected: Record<string, string>,
): Promise<CheckFinding> {
  const wrong: { name: string; value: string; found: string | undefined }[] = [];
  for (const [name, value] of Object.entries(expected)) {
    const found = await facts.parameter(side, name);
    if (found === undefined && !((await facts.isDeployed(side)) && (await facts.isInTemplate(side, [name])))) {
      throw new ResourceNotFound(side, `SSM parameter ${name}`, [name]);
    }
    if (found !== value) {
      wrong.push({ name, value, found });
    }
  }
  return wrong.length === 0
    ? pass(Object.values(expected).join(', '))
    : {
        status: 'failed',
        found: wrong.map(({ name, found }) => `${name} ${found === undefined ? 'does not exist' : `is ${found}`}`).join('; '),
        expected: wrong.map(({ value }) => value).join('; '),
        fix: {
          resource: `parameters ${wrong.map(({ name }) => name).join(', ')}`,
          commands: wrong.map(({ name, value }) =>
            awsCommand(config, side, 'ssm put-parameter --type String --overwrite', { name, value }),
          ),
          notes: [],
        },
      };
}

async function record({ config, facts }: DoctorContext): Promise<CheckFinding> {
  if (config.keyExchange !== 'ssm') {
    return notApplicable(`keyExchange is ${config.keyExchange}`);
  }
  let recorded: unknown;
  try {
    recorded = await facts.recordedKey();
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    const fix = byHand(CONTEXT_FILE, `Restore it from version control: git checkout -- ${CONTEXT_FILE}`);
    return { status: 'failed', found: error.message, expected: 'a JSON object', fix };
  }
  return compare({
    found: typeof recorded === 'string' ? recorded : (JSON.stringify(recorded) ?? 'nothing recorded'),
    expected: (await facts.key('destination')).Arn,
    fix: {
      resource: CONTEXT_FILE,
      commands: [opsCommand(config, 'exchange'), deployCommand(config, 'source')],
      notes: [],
    },
  });
}

async function output({ config, facts }: DoctorContext): Promise<CheckFinding> {
  if (config.keyExchange !== 'stack-output') {
    return notApplicable(`keyExchange is ${config.keyExchange}`);
  }
  const { outputName } = facts.names.exchange;
  const { Arn: expected } = await facts.key('destination');
  const outputs = (await facts.stack('destination'))?.Outputs ?? [];
  if (!(await facts.isInTemplate('destination', [outputName]))) {
    throw new ResourceNotFound('destination', `output ${outputName}`, [outputName]);
  }
  return compare({
    found: outputs.find(({ OutputKey: name }) => name === outputName)?.OutputValue ?? `no output ${outputName}`,
    expected,
    fix: {
      resource: `output ${outputName}`,
      commands: [deployCommand(config, 'destination'), deployCommand(config, 'source')],
      notes: [],
    },
  });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html */
async function exchangeRole(context: DoctorContext): Promise<CheckFinding> {
  const { facts } = context;
  const { config } = context;
  if (config.keyExchange !== 'stack-output') {
    return notApplicable(`keyExchange is ${config.keyExchange}`);
  }
  const { name, arn } = facts.names.exchange.readerRole;
  return orMissing(context, { stack: 'destination', expected: arn }, async () => {
    const { trust, inline } = await facts.expected.exchangeRole();
    const parts = [
      difference((await facts.roles.role('destination', name)).trust, trust),
      ...(await Promise.all(
        Object.entries(inline).map(async ([policy, statements]) =>
          difference(await facts.roles.inlinePolicy('destination', name, policy), statements),
        ),
      )),
    ];
    const wrong = parts.flatMap((part) => [...part.wrong, ...part.extra.map(unknownStatement)]);
    return wrong.length === 0
      ? pass(arn)
      : {
          status: 'failed',
          found: `${name}: ${wrong.join('; ')}`,
          expected: `${trust.map(assumedBy).join(', ')} may assume it, and it may describe the destination stack`,
          fix: restoreStack(context, 'destination'),
        };
  });
}

/** The role that a condition of a trust pins, or else the principal. */
function assumedBy({ Condition: condition, Principal: principal }: LiveStatement): string {
  const pinned = condition?.['ArnEquals']?.['aws:PrincipalArn'];
  return pinned === undefined ? JSON.stringify(principal) : String(pinned);
}
