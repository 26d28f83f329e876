import { anonymousPrincipal, runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';

/*
 * The proof is worth what its simulator is worth. Here the simulator answers questions whose answers AWS has published, each with
 * the page that answers it. What it answers otherwise than AWS stands in KNOWN_DEVIATIONS, with why the proof does not depend on it.
 */

const DOCS = 'https://docs.aws.amazon.com';
const IAM = `${DOCS}/IAM/latest/UserGuide`;
const CROSS_ACCOUNT = `${IAM}/reference_policies_evaluation-logic-cross-account.html`;
const DELEGATION = `${IAM}/access_policies-cross-account-resource-access.html`;
const ONE_ACCOUNT = `${IAM}/reference_policies_evaluation-logic_policy-eval-basics.html`;
const DENY_ALLOW = `${IAM}/reference_policies_evaluation-logic_policy-eval-denyallow.html`;
const PRINCIPAL = `${IAM}/reference_policies_elements_principal.html`;
const RESOURCE = `${IAM}/reference_policies_elements_resource.html`;
const OPERATORS = `${IAM}/reference_policies_elements_condition_operators.html`;
const SEVERAL_KEYS = `${IAM}/reference_policies_condition-logic-multiple-context-keys-or-values.html`;
const KEY_POLICY = `${DOCS}/kms/latest/developerguide/key-policy-default.html`;
const FOREIGN_KEY = `${DOCS}/kms/latest/developerguide/key-policy-modifying-external-accounts.html`;
const KEY_EVALUATION = `${DOCS}/kms/latest/developerguide/policy-evaluation.html`;
const KMS_CONDITIONS = `${DOCS}/kms/latest/developerguide/conditions-kms.html`;

type Principal = Simulation['request']['principal'];
type Context = Readonly<Record<string, string | string[]>>;
type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Conditions;
}

/** A request to a resource of account 222222222222, and the policies that are asked. */
interface Question {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  /** The identity half; nothing is attached to the principal when it is left out. */
  readonly identity?: readonly Statement[];
  /** The resource half; the resource has no policy when it is left out. */
  readonly policy?: readonly Statement[];
  readonly context?: Context;
}

type Answer = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied';

interface Case extends Question {
  readonly what: string;
  readonly page: string;
  readonly answer: Answer;
}

const OWNER = '222222222222';
const OTHER = '111111111111';

const role = (account: string, name = 'Demo') => `arn:aws:iam::${account}:role/${name}`;
const account = (id: string) => ({ AWS: `arn:aws:iam::${id}:root` });
const OWN = role(OWNER);
const FOREIGN = role(OTHER);
const SESSION = `arn:aws:sts::${OTHER}:assumed-role/Demo/carlos`;

const BUCKET = 'arn:aws:s3:::amzn-s3-demo-bucket-production';
const OBJECT = `${BUCKET}/report.txt`;
const KEY = `arn:aws:kms:us-west-2:${OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

const EVERYTHING: readonly Statement[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }];

const allow = (Action: string | readonly string[], Resource: string | readonly string[], Condition?: Conditions): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const deny = (Action: string, Resource: string | readonly string[]): Statement => ({ Effect: 'Deny', Action, Resource });
/** A statement of a resource's policy. */
const grants = (who: NonNullable<Statement['Principal']>, statement: Statement): Statement => ({ Principal: who, ...statement });

const putObject = allow('s3:PutObject', `${BUCKET}/*`);
const toPut = { action: 's3:PutObject', resource: OBJECT };

const S3_CASES: readonly Case[] = [
  ...(
    [
      ['both halves', [putObject], [grants({ AWS: FOREIGN }, putObject)], 'Allowed'],
      ['the identity half alone', [putObject], undefined, 'ImplicitlyDenied'],
      ['the identity half and a policy that admits nobody', [putObject], [grants({ AWS: OWN }, putObject)], 'ImplicitlyDenied'],
      ['the resource half alone', undefined, [grants({ AWS: FOREIGN }, putObject)], 'ImplicitlyDenied'],
      ['neither half', undefined, undefined, 'ImplicitlyDenied'],
      [
        'both halves, and a denial in the identity half',
        [putObject, deny('s3:*', 'arn:aws:s3:::*production*')],
        [grants({ AWS: FOREIGN }, putObject)],
        'ExplicitlyDenied',
      ],
      [
        'both halves, and a denial in the resource half',
        [putObject],
        [grants({ AWS: FOREIGN }, putObject), grants('*', deny('s3:PutObject', `${BUCKET}/*`))],
        'ExplicitlyDenied',
      ],
      [
        'halves that allow different actions',
        [putObject],
        [grants({ AWS: FOREIGN }, allow('s3:GetObject', `${BUCKET}/*`))],
        'ImplicitlyDenied',
      ],
    ] as const
  ).map(([what, identity, policy, answer]) => ({
    what: `across accounts, with ${what}`,
    page: CROSS_ACCOUNT,
    principal: FOREIGN,
    ...toPut,
    ...(identity && { identity }),
    ...(policy && { policy }),
    answer,
  })),
  ...(
    [
      ['both halves', [putObject], [grants({ AWS: OWN }, putObject)], 'Allowed'],
      ['the identity half alone', [putObject], undefined, 'Allowed'],
      ['the resource half alone', undefined, [grants({ AWS: OWN }, putObject)], 'Allowed'],
      ['neither half', undefined, undefined, 'ImplicitlyDenied'],
      [
        'the resource half, and a denial in the identity half',
        [deny('s3:*', 'arn:aws:s3:::*production*')],
        [grants({ AWS: OWN }, putObject)],
        'ExplicitlyDenied',
      ],
      [
        'the identity half, and a denial in the resource half',
        [putObject],
        [grants('*', deny('s3:PutObject', `${BUCKET}/*`))],
        'ExplicitlyDenied',
      ],
    ] as const
  ).map(([what, identity, policy, answer]) => ({
    what: `within an account, with ${what}`,
    page: ONE_ACCOUNT,
    principal: OWN,
    ...toPut,
    ...(identity && { identity }),
    ...(policy && { policy }),
    answer,
  })),
  {
    what: 'an account as principal leaves it to that account whom to allow: somebody allowed',
    page: DELEGATION,
    principal: FOREIGN,
    ...toPut,
    identity: [putObject],
    policy: [grants(account(OTHER), putObject)],
    answer: 'Allowed',
  },
  {
    what: 'an account as principal leaves it to that account whom to allow: somebody not allowed',
    page: DELEGATION,
    principal: FOREIGN,
    ...toPut,
    policy: [grants(account(OTHER), putObject)],
    answer: 'ImplicitlyDenied',
  },
  {
    what: 'an account cannot delegate more than it was granted',
    page: DELEGATION,
    principal: FOREIGN,
    ...toPut,
    identity: EVERYTHING,
    policy: [grants(account(OTHER), allow(['s3:Get*', 's3:List*'], `${BUCKET}/*`))],
    answer: 'ImplicitlyDenied',
  },
];

const admits = (who: NonNullable<Statement['Principal']>, condition?: Conditions) => [
  grants(who, allow('s3:PutObject', `${BUCKET}/*`, condition)),
];
const pinned = { ArnEquals: { 'aws:PrincipalArn': FOREIGN } };

const PRINCIPAL_CASES: readonly Case[] = (
  [
    ['an account id is the account', FOREIGN, EVERYTHING, admits({ AWS: OTHER }), {}, 'Allowed'],
    ['several principals are alternatives', FOREIGN, EVERYTHING, admits({ AWS: ['333333333333', OTHER] }), {}, 'Allowed'],
    ['another account is not', FOREIGN, EVERYTHING, admits(account('333333333333')), {}, 'ImplicitlyDenied'],
    [
      'a role of the same name in another account is not',
      role('333333333333'),
      EVERYTHING,
      admits({ AWS: FOREIGN }),
      {},
      'ImplicitlyDenied',
    ],
    ['another role of the account is not', role(OTHER, 'Other'), EVERYTHING, admits({ AWS: FOREIGN }), {}, 'ImplicitlyDenied'],
    [
      'a wildcard does not match a part of a name',
      FOREIGN,
      EVERYTHING,
      admits({ AWS: role(OTHER, 'De*') }),
      {},
      'ImplicitlyDenied',
    ],
    ['a role is its sessions', SESSION, EVERYTHING, admits({ AWS: FOREIGN }), {}, 'Allowed'],
    [
      'an account, pinned to a role: that role',
      FOREIGN,
      EVERYTHING,
      admits(account(OTHER), pinned),
      { 'aws:PrincipalArn': FOREIGN },
      'Allowed',
    ],
    [
      'an account, pinned to a role: a session of that role',
      SESSION,
      EVERYTHING,
      admits(account(OTHER), pinned),
      { 'aws:PrincipalArn': FOREIGN },
      'Allowed',
    ],
    [
      'an account, pinned to a role: another role',
      role(OTHER, 'Other'),
      EVERYTHING,
      admits(account(OTHER), pinned),
      { 'aws:PrincipalArn': role(OTHER, 'Other') },
      'ImplicitlyDenied',
    ],
    [
      'an account, pinned to a role: the role of the same name in another account',
      role('333333333333'),
      EVERYTHING,
      admits(account(OTHER), pinned),
      { 'aws:PrincipalArn': role('333333333333') },
      'ImplicitlyDenied',
    ],
    [
      'an account, pinned to a role of another account: nobody',
      FOREIGN,
      EVERYTHING,
      admits(account(OTHER), { ArnEquals: { 'aws:PrincipalArn': role('333333333333') } }),
      { 'aws:PrincipalArn': FOREIGN },
      'ImplicitlyDenied',
    ],
    ['everybody is somebody anonymous', anonymousPrincipal, undefined, admits('*'), {}, 'Allowed'],
    ['everybody, the other way to write it', anonymousPrincipal, undefined, admits({ AWS: '*' }), {}, 'Allowed'],
    ['an account is nobody anonymous', anonymousPrincipal, undefined, admits(account(OWNER)), {}, 'ImplicitlyDenied'],
    ['everybody needs nothing else within the account', OWN, undefined, admits('*'), {}, 'Allowed'],
    ['everybody needs the identity half across accounts', FOREIGN, undefined, admits('*'), {}, 'ImplicitlyDenied'],
    ['everybody with the identity half across accounts', FOREIGN, EVERYTHING, admits('*'), {}, 'Allowed'],
    ['a service', 's3.amazonaws.com', undefined, admits({ Service: 's3.amazonaws.com' }), {}, 'Allowed'],
    ['another service', 'ec2.amazonaws.com', undefined, admits({ Service: 's3.amazonaws.com' }), {}, 'ImplicitlyDenied'],
    ['a service is no role', FOREIGN, EVERYTHING, admits({ Service: 's3.amazonaws.com' }), {}, 'ImplicitlyDenied'],
    [
      'denied to all but one user: that user',
      `arn:aws:iam::${OWNER}:user/ana`,
      EVERYTHING,
      [
        {
          ...grants('*', deny('s3:*', [BUCKET, `${BUCKET}/*`])),
          Condition: { ArnNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${OWNER}:user/ana` } },
        },
      ],
      { 'aws:PrincipalArn': `arn:aws:iam::${OWNER}:user/ana` },
      'Allowed',
    ],
    [
      'denied to all but one user: another user',
      `arn:aws:iam::${OWNER}:user/mary`,
      EVERYTHING,
      [
        {
          ...grants('*', deny('s3:*', [BUCKET, `${BUCKET}/*`])),
          Condition: { ArnNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${OWNER}:user/ana` } },
        },
      ],
      { 'aws:PrincipalArn': `arn:aws:iam::${OWNER}:user/mary` },
      'ExplicitlyDenied',
    ],
  ] as const
).map(([what, principal, identity, policy, context, answer]) => ({
  what: `principal: ${what}`,
  page: PRINCIPAL,
  principal,
  ...toPut,
  ...(identity && { identity }),
  policy,
  context,
  answer,
}));

const decrypt = allow('kms:Decrypt', KEY);
const delegates = grants(account(OWNER), allow('kms:*', '*'));
const useOfKey = (who: NonNullable<Statement['Principal']>) => grants(who, allow(['kms:Encrypt', 'kms:Decrypt'], '*'));
const VIA_S3 = { StringEquals: { 'kms:ViaService': 's3.us-west-2.amazonaws.com' } };

const KMS_CASES: readonly Case[] = (
  [
    [
      'a key that does not delegate to IAM: IAM allows',
      KEY_POLICY,
      OWN,
      [decrypt],
      [useOfKey({ AWS: FOREIGN })],
      'ImplicitlyDenied',
    ],
    ['a key that does not delegate to IAM: its policy allows', KEY_POLICY, OWN, undefined, [useOfKey({ AWS: OWN })], 'Allowed'],
    [
      'a key that does not delegate to IAM: IAM denies what its policy allows',
      KEY_POLICY,
      OWN,
      [deny('kms:*', '*')],
      [useOfKey({ AWS: OWN })],
      'ExplicitlyDenied',
    ],
    ['a key that delegates to IAM: IAM allows', KEY_POLICY, OWN, [decrypt], [delegates], 'Allowed'],
    ['a key that delegates to IAM: IAM is silent', KEY_EVALUATION, OWN, undefined, [delegates], 'ImplicitlyDenied'],
    [
      'a key that delegates a part to IAM: IAM allows another part',
      KEY_POLICY,
      OWN,
      EVERYTHING,
      [grants(account(OWNER), allow('kms:Encrypt', '*'))],
      'ImplicitlyDenied',
    ],
    ['a foreign key: both halves', KEY_EVALUATION, FOREIGN, [decrypt], [delegates, useOfKey(account(OTHER))], 'Allowed'],
    ['a foreign key: both halves, by role', FOREIGN_KEY, FOREIGN, [decrypt], [delegates, useOfKey({ AWS: FOREIGN })], 'Allowed'],
    [
      'a foreign key: its policy alone',
      FOREIGN_KEY,
      FOREIGN,
      undefined,
      [delegates, useOfKey(account(OTHER))],
      'ImplicitlyDenied',
    ],
    ['a foreign key: IAM alone', FOREIGN_KEY, FOREIGN, [decrypt], [delegates], 'ImplicitlyDenied'],
    [
      'a foreign key: IAM allows somebody else than its policy',
      FOREIGN_KEY,
      FOREIGN,
      [decrypt],
      [delegates, useOfKey({ AWS: role(OTHER, 'Other') })],
      'ImplicitlyDenied',
    ],
  ] as const
).map(([what, page, principal, identity, policy, answer]) => ({
  what,
  page,
  principal,
  action: 'kms:Decrypt',
  resource: KEY,
  ...(identity && { identity }),
  policy,
  answer,
}));

const VIA_CASES: readonly Case[] = (
  [
    ['by S3 there', { 'kms:ViaService': 's3.us-west-2.amazonaws.com' }, 'Allowed'],
    ['by S3 elsewhere', { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' }, 'ImplicitlyDenied'],
    ['by another service', { 'kms:ViaService': 'ebs.us-west-2.amazonaws.com' }, 'ImplicitlyDenied'],
    ['directly', {}, 'ImplicitlyDenied'],
  ] as const
).map(([what, context, answer]) => ({
  what: `a key for S3 in one region is used ${what}`,
  page: KMS_CONDITIONS,
  principal: FOREIGN,
  action: 'kms:Decrypt',
  resource: KEY,
  identity: [decrypt],
  policy: [grants(account(OTHER), allow('kms:Decrypt', '*', VIA_S3))],
  context,
  answer,
}));

const TARGET = role(OWNER, 'APNPartner');
const assume = allow('sts:AssumeRole', TARGET);
const trusts = (who: NonNullable<Statement['Principal']>): Statement => ({
  Effect: 'Allow',
  Principal: who,
  Action: 'sts:AssumeRole',
});

const TRUST_CASES: readonly Case[] = (
  [
    ['across accounts: both halves', DELEGATION, FOREIGN, [assume], [trusts({ AWS: FOREIGN })], 'Allowed'],
    ['across accounts: both halves, by account', DELEGATION, FOREIGN, [assume], [trusts(account(OTHER))], 'Allowed'],
    ['across accounts: trust alone', DELEGATION, FOREIGN, undefined, [trusts({ AWS: FOREIGN })], 'ImplicitlyDenied'],
    ['across accounts: IAM alone', DELEGATION, FOREIGN, [assume], [trusts(account(OWNER))], 'ImplicitlyDenied'],
    ['across accounts: trust in a namesake', DELEGATION, FOREIGN, [assume], [trusts({ AWS: OWN })], 'ImplicitlyDenied'],
    ['within the account: IAM alone', DENY_ALLOW, OWN, [assume], [trusts({ Service: 's3.amazonaws.com' })], 'ImplicitlyDenied'],
    ['within the account: trust by name', DENY_ALLOW, OWN, undefined, [trusts({ AWS: OWN })], 'Allowed'],
    ['a service that is trusted', PRINCIPAL, 's3.amazonaws.com', undefined, [trusts({ Service: 's3.amazonaws.com' })], 'Allowed'],
    [
      'a service that is not trusted',
      PRINCIPAL,
      'ec2.amazonaws.com',
      undefined,
      [trusts({ Service: 's3.amazonaws.com' })],
      'ImplicitlyDenied',
    ],
    [
      'an administrator where a service is trusted',
      PRINCIPAL,
      FOREIGN,
      EVERYTHING,
      [trusts({ Service: 's3.amazonaws.com' })],
      'ImplicitlyDenied',
    ],
  ] as const
).map(([what, page, principal, identity, policy, answer]) => ({
  what: `role trust, ${what}`,
  page,
  principal,
  action: 'sts:AssumeRole',
  resource: TARGET,
  ...(identity && { identity }),
  policy,
  answer,
}));

const TAG = 'aws:PrincipalTag/job-category';
const TOPIC = 'arn:aws:sns:us-west-2:333333333333:TOPIC-ID';
const DEPARTMENTS = {
  StringEquals: { 'aws:PrincipalTag/department': ['finance', 'hr', 'legal'], 'aws:PrincipalTag/role': ['audit', 'security'] },
};
const PEOPLE = ['arn:aws:iam::222222222222:user/Ana', 'arn:aws:iam::222222222222:user/Mary'];
const user = (name: string) => ({ 'aws:PrincipalArn': `arn:aws:iam::222222222222:user/${name}` });
const of = (department: string, duty: string) => ({ 'aws:PrincipalTag/department': department, 'aws:PrincipalTag/role': duty });
const TAG_KEYS = {
  StringEqualsIgnoreCase: { 'aws:RequestTag/environment': ['preprod', 'storage'] },
  'ForAnyValue:StringEquals': { 'aws:TagKeys': 'environment' },
};

/** A condition on a statement that allows everything within the account, so that the request is allowed if it matches. */
const CONDITION_CASES: readonly Case[] = (
  [
    ['StringEquals', OPERATORS, { StringEquals: { [TAG]: 'iamuser-admin' } }, { [TAG]: 'iamuser-admin' }, true],
    ['StringEquals, another value', OPERATORS, { StringEquals: { [TAG]: 'iamuser-admin' } }, { [TAG]: 'dev-ops' }, false],
    ['StringEquals, in capitals', OPERATORS, { StringEquals: { [TAG]: 'iamuser-admin' } }, { [TAG]: 'IAMUser-Admin' }, false],
    ['StringEquals has no wildcards', OPERATORS, { StringEquals: { [TAG]: 'iamuser-*' } }, { [TAG]: 'iamuser-admin' }, false],
    ['StringEquals without the key', OPERATORS, { StringEquals: { [TAG]: 'iamuser-admin' } }, {}, false],
    ['StringNotEquals, another value', OPERATORS, { StringNotEquals: { [TAG]: 'iamuser-admin' } }, { [TAG]: 'dev-ops' }, true],
    ['StringNotEquals, the value', OPERATORS, { StringNotEquals: { [TAG]: 'dev-ops' } }, { [TAG]: 'dev-ops' }, false],
    ['StringNotEquals without the key', OPERATORS, { StringNotEquals: { [TAG]: 'iamuser-admin' } }, {}, true],
    ['StringNotLike without the key', OPERATORS, { StringNotLike: { [TAG]: 'iamuser-*' } }, {}, true],
    ['ArnNotLike without the key', OPERATORS, { ArnNotLike: { 'aws:SourceArn': TOPIC } }, {}, true],
    ['StringLike, *', OPERATORS, { StringLike: { [TAG]: ['t1.*', 't2.*', 'm3.*'] } }, { [TAG]: 't1.micro' }, true],
    ['StringLike, * for nothing', OPERATORS, { StringLike: { [TAG]: 't1.*' } }, { [TAG]: 't1.' }, true],
    ['StringLike, * in the middle', OPERATORS, { StringLike: { [TAG]: 'a*c' } }, { [TAG]: 'a/b:c' }, true],
    ['StringLike, ?', OPERATORS, { StringLike: { [TAG]: 't?.micro' } }, { [TAG]: 't1.micro' }, true],
    ['StringLike, ? for nothing', OPERATORS, { StringLike: { [TAG]: 't?.micro' } }, { [TAG]: 't.micro' }, false],
    ['StringLike, another value', OPERATORS, { StringLike: { [TAG]: ['t1.*', 't2.*'] } }, { [TAG]: 'm2.micro' }, false],
    ['StringLike is about the whole value', OPERATORS, { StringLike: { [TAG]: 'micro' } }, { [TAG]: 't1.micro' }, false],
    ['StringLike takes a dot for a dot', OPERATORS, { StringLike: { [TAG]: 't1.micro' } }, { [TAG]: 't1-micro' }, false],
    ['StringLike without the key', OPERATORS, { StringLike: { [TAG]: '*' } }, {}, false],
    ['StringLikeIfExists', OPERATORS, { StringLikeIfExists: { [TAG]: 't1.*' } }, { [TAG]: 't1.micro' }, true],
    ['StringLikeIfExists, another value', OPERATORS, { StringLikeIfExists: { [TAG]: 't1.*' } }, { [TAG]: 'm2.micro' }, false],
    ['StringLikeIfExists without the key', OPERATORS, { StringLikeIfExists: { [TAG]: 't1.*' } }, {}, true],
    ['StringEqualsIfExists without the key', OPERATORS, { StringEqualsIfExists: { [TAG]: 'admin' } }, {}, true],
    ['Bool', OPERATORS, { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': 'false' }, true],
    ['Bool, the other value', OPERATORS, { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': 'true' }, false],
    ['Bool without the key', OPERATORS, { Bool: { 'aws:SecureTransport': 'false' } }, {}, false],
    ['Null false, with the key', OPERATORS, { Null: { [TAG]: 'false' } }, { [TAG]: 'admin' }, true],
    ['Null false, without the key', OPERATORS, { Null: { [TAG]: 'false' } }, {}, false],
    ['Null true, with the key', OPERATORS, { Null: { [TAG]: 'true' } }, { [TAG]: 'admin' }, false],
    ['Null true, without the key', OPERATORS, { Null: { [TAG]: 'true' } }, {}, true],
    ['ArnEquals', OPERATORS, { ArnEquals: { 'aws:SourceArn': TOPIC } }, { 'aws:SourceArn': TOPIC }, true],
    [
      'ArnEquals, another account',
      OPERATORS,
      { ArnEquals: { 'aws:SourceArn': TOPIC } },
      { 'aws:SourceArn': 'arn:aws:sns:us-west-2:222222222222:TOPIC-ID' },
      false,
    ],
    ['ArnEquals without the key', OPERATORS, { ArnEquals: { 'aws:SourceArn': TOPIC } }, {}, false],
    ...(['ArnEquals', 'ArnLike'] as const).flatMap(
      (operator) =>
        [
          [
            `${operator}, *`,
            OPERATORS,
            { [operator]: { 'aws:SourceArn': 'arn:aws:sns:*:333333333333:*' } },
            { 'aws:SourceArn': TOPIC },
            true,
          ],
          [
            `${operator}, ?`,
            OPERATORS,
            { [operator]: { 'aws:SourceArn': 'arn:aws:sns:us-west-?:333333333333:TOPIC-ID' } },
            { 'aws:SourceArn': TOPIC },
            true,
          ],
          [
            `${operator}, in capitals`,
            OPERATORS,
            { [operator]: { 'aws:SourceArn': TOPIC } },
            { 'aws:SourceArn': TOPIC.replace('TOPIC', 'topic') },
            false,
          ],
          [
            `${operator} compares segments: * does not reach over a colon`,
            OPERATORS,
            { [operator]: { 'aws:SourceArn': 'arn:aws:sns:us-*12:TOPIC-ID' } },
            { 'aws:SourceArn': TOPIC },
            false,
          ],
        ] as const,
    ),
    [
      'StringLike compares no segments: * reaches over a colon',
      OPERATORS,
      { StringLike: { 'aws:SourceArn': 'arn:aws:sns:us-*33:TOPIC-ID' } },
      { 'aws:SourceArn': TOPIC },
      true,
    ],
    [
      'several keys and values, all met',
      SEVERAL_KEYS,
      { ...DEPARTMENTS, ArnLike: { 'aws:PrincipalArn': PEOPLE } },
      { ...of('legal', 'audit'), ...user('Mary') },
      true,
    ],
    [
      'several keys, one operator fails',
      SEVERAL_KEYS,
      { ...DEPARTMENTS, ArnLike: { 'aws:PrincipalArn': PEOPLE } },
      { ...of('hr', 'audit'), ...user('Nikki') },
      false,
    ],
    [
      'several keys, one key of an operator fails',
      SEVERAL_KEYS,
      { ...DEPARTMENTS, ArnLike: { 'aws:PrincipalArn': PEOPLE } },
      { ...of('hr', 'payroll'), ...user('Mary') },
      false,
    ],
    [
      'several keys, one is missing',
      SEVERAL_KEYS,
      { ...DEPARTMENTS, ArnLike: { 'aws:PrincipalArn': PEOPLE } },
      { 'aws:PrincipalTag/department': 'hr', ...user('Mary') },
      false,
    ],
    [
      'several values, negated: none matches',
      SEVERAL_KEYS,
      { ...DEPARTMENTS, ArnNotLike: { 'aws:PrincipalArn': PEOPLE } },
      { ...of('legal', 'audit'), ...user('Nikki') },
      true,
    ],
    [
      'several values, negated: one matches',
      SEVERAL_KEYS,
      { ...DEPARTMENTS, ArnNotLike: { 'aws:PrincipalArn': PEOPLE } },
      { ...of('hr', 'audit'), ...user('Mary') },
      false,
    ],
    [
      'ForAnyValue, one of several',
      OPERATORS,
      TAG_KEYS,
      { 'aws:TagKeys': ['environment', 'costcenter'], 'aws:RequestTag/environment': 'PreProd' },
      true,
    ],
    ['ForAnyValue, none', OPERATORS, TAG_KEYS, { 'aws:TagKeys': ['costcenter'], 'aws:RequestTag/environment': 'preprod' }, false],
    ['ForAnyValue without the key', OPERATORS, TAG_KEYS, { 'aws:RequestTag/environment': 'storage' }, false],
  ] as readonly (readonly [string, string, Conditions, Context, boolean])[]
).map(([what, page, condition, context, matches]) => ({
  what: `condition: ${what}`,
  page,
  principal: OWN,
  ...toPut,
  identity: [allow('s3:PutObject', '*', condition)],
  context,
  answer: matches ? 'Allowed' : 'ImplicitlyDenied',
}));

/** The published lists of objects that a resource with two wildcards matches, and does not match. */
const RESOURCE_CASES: readonly Case[] = (
  [
    ['1/test/object.jpg', true],
    ['1/2/test/object.jpg', true],
    ['1/2/test/3/object.jpg', true],
    ['1/2/3/test/4/object.jpg', true],
    ['1///test///object.jpg', true],
    ['1/test/.jpg', true],
    ['/test/object.jpg', true],
    ['1/test/', true],
    ['1-test/object.jpg', false],
    ['test/object.jpg', false],
    ['1/2/test.jpg', false],
  ] as const
).map(([object, matches]) => ({
  what: `resource: the object ${object}`,
  page: RESOURCE,
  principal: OWN,
  action: 's3:PutObject',
  resource: `${BUCKET}/${object}`,
  identity: [allow('s3:PutObject', `${BUCKET}/*/test/*`)],
  answer: matches ? 'Allowed' : 'ImplicitlyDenied',
}));

/** A case where AWS answers `answer` and the simulator does not. */
interface Deviation extends Case {
  readonly simulated: Answer;
  /** Why the proof does not depend on it. */
  readonly harmless: string;
}

const ROOT_USER = `arn:aws:iam::${OWNER}:root`;

const KNOWN_DEVIATIONS: readonly Deviation[] = [
  {
    what: 'the root user of an account needs no policy for its own bucket',
    page: DENY_ALLOW,
    principal: ROOT_USER,
    ...toPut,
    answer: 'Allowed',
    simulated: 'ImplicitlyDenied',
    harmless: 'the proof asks for administrators, who have a policy that allows everything and so may what root may',
  },
  {
    what: 'the root user of an account needs no policy beside the delegation in the policy of its own key',
    page: KEY_POLICY,
    principal: ROOT_USER,
    action: 'kms:Decrypt',
    resource: KEY,
    policy: [delegates],
    answer: 'Allowed',
    simulated: 'ImplicitlyDenied',
    harmless: 'as before',
  },
  {
    what: 'the root user of a trusted account needs no policy for the bucket that trusts the account',
    page: DELEGATION,
    principal: `arn:aws:iam::${OTHER}:root`,
    ...toPut,
    policy: [grants(account(OTHER), putObject)],
    answer: 'Allowed',
    simulated: 'ImplicitlyDenied',
    harmless: 'as before',
  },
  {
    what: 'nothing is granted from one partition to another',
    page: DELEGATION,
    principal: `arn:aws-cn:iam::${OTHER}:role/Demo`,
    ...toPut,
    identity: EVERYTHING,
    policy: [grants({ AWS: `arn:aws-cn:iam::${OTHER}:root` }, putObject)],
    answer: 'ImplicitlyDenied',
    simulated: 'Allowed',
    harmless: 'the configuration takes no two partitions, and what the simulator allows in excess cannot hide a hole',
  },
  {
    what: 'a key cannot be deleted from another account, whatever is granted',
    page: FOREIGN_KEY,
    principal: FOREIGN,
    action: 'kms:ScheduleKeyDeletion',
    resource: KEY,
    identity: EVERYTHING,
    policy: [delegates, grants({ AWS: FOREIGN }, allow('kms:*', '*'))],
    answer: 'ImplicitlyDenied',
    simulated: 'Allowed',
    harmless: 'what the simulator allows in excess cannot hide a hole, and no replication needs such an action',
  },
  {
    what: '* stands for any characters, a line break too: allowed',
    page: RESOURCE,
    principal: OWN,
    action: 's3:PutObject',
    resource: `${BUCKET}/two\nlines`,
    identity: [putObject],
    answer: 'Allowed',
    simulated: 'ImplicitlyDenied',
    harmless: 'no request of the proof has a line break in a name, and none of the policies tells such objects apart',
  },
  {
    what: '* stands for any characters, a line break too: denied',
    page: RESOURCE,
    principal: OWN,
    action: 's3:PutObject',
    resource: `${BUCKET}/two\nlines`,
    identity: [...EVERYTHING, deny('s3:*', `${BUCKET}/*`)],
    answer: 'ExplicitlyDenied',
    simulated: 'Allowed',
    harmless: 'as before',
  },
];

const policyOf = (Statement: readonly Statement[]) => ({ Version: '2012-10-17', Statement });

async function simulate({ principal, action, resource, identity, policy, context }: Question) {
  return runSimulation(
    {
      request: { principal, action, resource: { resource, accountId: OWNER }, contextVariables: { ...context } },
      identityPolicies: identity === undefined ? [] : [{ name: 'identity', policy: policyOf(identity) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: policy && policyOf(policy),
    },
    {},
  );
}

/** What the simulator answers, and what it took no notice of. */
async function answerTo(question: Question) {
  const response = await simulate(question);
  if (response.resultType !== 'single') {
    throw new Error(`the simulator cannot evaluate the request: ${JSON.stringify(response)}`);
  }
  return { answer: response.overallResult, ignored: response.result.ignoredContextKeys };
}

describe('the simulator answers as AWS does', () => {
  test.each([...S3_CASES, ...PRINCIPAL_CASES, ...KMS_CASES, ...VIA_CASES, ...TRUST_CASES, ...CONDITION_CASES, ...RESOURCE_CASES])(
    '$what: $answer ($page)',
    async ({ answer, ...question }) => {
      expect(await answerTo(question)).toEqual({ answer, ignored: [] });
    },
  );
});

describe('the simulator does not answer as AWS does, which the proof allows for', () => {
  // When one of these fails, the simulator has been corrected: move the case to the others.
  test.each(KNOWN_DEVIATIONS)('$what, and it says $simulated ($page): $harmless', async ({ answer, simulated, ...question }) => {
    expect(simulated).not.toBe(answer);
    expect(await answerTo(question)).toEqual({ answer: simulated, ignored: [] });
  });

  const asRoot = KNOWN_DEVIATIONS.filter(({ principal }) => typeof principal === 'string' && principal.endsWith(':root')).map(
    ({ what, answer, ...deviation }) => ({ what, answer, asked: deviation }),
  );

  test.each(asRoot)('yet an administrator may do it where $what', async ({ answer, asked }) => {
    const administrator = asked.principal === ROOT_USER ? OWN : FOREIGN;

    expect(await answerTo({ ...asked, principal: administrator, identity: EVERYTHING })).toEqual({ answer, ignored: [] });
  });
});

describe('the simulator says what it cannot evaluate', () => {
  test.each([
    ['an action that no service has', { action: 's3:NoSuchAction' }],
    ['a service that does not exist', { action: 'nosuchservice:GetObject' }],
    ['an action on a resource that it is not for', { action: 'kms:Decrypt' }],
    ['a policy that names a principal where none belongs', { identity: [grants('*', putObject)] }],
    ['an anonymous principal with policies of its own', { principal: anonymousPrincipal, identity: EVERYTHING }],
  ])('%s', async (_what, change) => {
    expect(await simulate({ principal: OWN, ...toPut, ...change })).toMatchObject({ resultType: 'error' });
  });

  test('a context key that it does not know', async () => {
    const question = {
      principal: OWN,
      ...toPut,
      identity: EVERYTHING,
      context: { 'aws:NoSuchKey': 'x', 'aws:PrincipalArn': OWN },
    };

    expect(await answerTo(question)).toEqual({ answer: 'Allowed', ignored: ['aws:NoSuchKey'] });
  });

  test('nothing about a context key that a policy asks for and nobody gave: the proof must give it', async () => {
    const question = { principal: FOREIGN, ...toPut, identity: EVERYTHING, policy: admits(account(OTHER), pinned) };

    expect(await answerTo(question)).toEqual({ answer: 'ImplicitlyDenied', ignored: [] });
  });
});

describe('a character that is a wildcard in patterns', () => {
  const question = (pattern: string, key: string): Question => ({
    principal: OWN,
    action: 's3:PutObject',
    resource: `${BUCKET}/${key}`,
    identity: [allow('s3:PutObject', `${BUCKET}/${pattern}`)],
  });

  test.each([
    ['a${?}/$', 'a?/$', 'Allowed'],
    ['a${?}/$', 'as/$', 'ImplicitlyDenied'],
    ['a?/$', 'as/$', 'Allowed'],
    ['${$}{aws:username}', '${aws:username}', 'Allowed'],
    ['${aws:username}', '${aws:username}', 'ImplicitlyDenied'],
  ])(`stands for itself where it is escaped: %s and %s`, async (pattern, key, answer) => {
    expect(await answerTo(question(pattern, key))).toEqual({ answer, ignored: [] });
  });

  // When this fails, the simulator takes the character for itself: the proof can leave it as it is.
  test('is a pattern in a request too, if it is *, which is why the proof writes it otherwise', async () => {
    expect(await simulate(question('a${*}', 'a*'))).toMatchObject({ resultType: 'wildcard' });
  });
});

describe('the encryption context of S3', () => {
  const CONTEXT_KEY = 'kms:EncryptionContext:aws:s3:arn';
  const RENAMED = 'aws:RequestTag/kms-encryption-context-aws-s3-arn';
  const NAMESAKE = `${BUCKET}-2`;

  /** Somebody of the other account decrypts with a key that both halves grant for one bucket and its objects. */
  const question = (key: string, value?: string): Question => {
    const forBucket = { StringLike: { [key]: [BUCKET, `${BUCKET}/*`] } };
    return {
      principal: FOREIGN,
      action: 'kms:Decrypt',
      resource: KEY,
      identity: [allow('kms:Decrypt', KEY, forBucket)],
      policy: [grants(account(OTHER), allow('kms:Decrypt', '*', forBucket))],
      ...(value !== undefined && { context: { [key]: value } }),
    };
  };

  // When this fails, the simulator knows the key at last: the proof can leave it as it is.
  test('is ignored under its own name, which is why the proof renames it', async () => {
    expect(await answerTo(question(CONTEXT_KEY, BUCKET))).toEqual({ answer: 'ImplicitlyDenied', ignored: [CONTEXT_KEY] });
  });

  test.each([
    ['the bucket', BUCKET, 'Allowed'],
    ['an object of the bucket', `${BUCKET}/a/b:c.txt`, 'Allowed'],
    ['another bucket', 'arn:aws:s3:::amzn-s3-demo-other', 'ImplicitlyDenied'],
    ['a bucket whose name starts with the name', NAMESAKE, 'ImplicitlyDenied'],
    ['an object of a bucket whose name starts with the name', `${NAMESAKE}/report.txt`, 'ImplicitlyDenied'],
    ['the bucket in capitals', BUCKET.toUpperCase(), 'ImplicitlyDenied'],
    ['nothing', undefined, 'ImplicitlyDenied'],
  ])(`counts under another name, as ${KMS_CONDITIONS} says: %s`, async (_what, value, answer) => {
    expect(await answerTo(question(RENAMED, value))).toEqual({ answer, ignored: [] });
  });

  test.each([
    ['identity', 'policy'],
    ['policy', 'identity'],
  ] as const)('counts in the %s half too where the other has no condition', async (half, other) => {
    const [right, wrong] = [question(RENAMED, BUCKET), question(RENAMED, NAMESAKE)].map((conditional) => ({
      ...conditional,
      [other]: other === 'identity' ? [decrypt] : [useOfKey(account(OTHER))],
      [half]: conditional[half],
    }));

    expect(await Promise.all([right, wrong].map(async (asked) => asked && answerTo(asked)))).toEqual([
      { answer: 'Allowed', ignored: [] },
      { answer: 'ImplicitlyDenied', ignored: [] },
    ]);
  });
});

describe('the days that are left of a retention period', () => {
  const LIMITS = `${DOCS}/AmazonS3/latest/userguide/object-lock-managing.html`;
  const CONTEXT_KEY = 's3:object-lock-remaining-retention-days';
  const RENAMED = 'aws:RequestTag/s3-object-lock-remaining-retention-days';

  /** Somebody of the other account writes with a retention, which the bucket's policy bounds to 10 days. */
  const question = (key: string, action: string, days?: number): Question => ({
    principal: FOREIGN,
    action,
    resource: OBJECT,
    identity: EVERYTHING,
    policy: [
      grants(account(OTHER), allow('s3:*', `${BUCKET}/*`)),
      grants('*', { ...deny(action, `${BUCKET}/*`), Condition: { NumericGreaterThan: { [key]: '10' } } }),
    ],
    ...(days !== undefined && { context: { [key]: String(days) } }),
  });

  test.each([
    [9, 'Allowed'],
    [10, 'Allowed'],
    [11, 'ExplicitlyDenied'],
    [100, 'ExplicitlyDenied'],
    [undefined, 'Allowed'],
  ])(`are compared as numbers, as ${LIMITS} says: %s`, async (days, answer) => {
    for (const key of [CONTEXT_KEY, RENAMED]) {
      expect(await answerTo(question(key, 's3:PutObjectRetention', days))).toEqual({ answer, ignored: [] });
    }
    expect(await answerTo(question(RENAMED, 's3:ReplicateObject', days))).toEqual({ answer, ignored: [] });
  });

  // The user guide bounds replicas with it. When this fails, the simulator does too: the proof can leave the key as it is.
  test('are ignored under their own name with s3:ReplicateObject, which is why the proof renames them', async () => {
    expect(await answerTo(question(CONTEXT_KEY, 's3:ReplicateObject', 11))).toEqual({
      answer: 'Allowed',
      ignored: [CONTEXT_KEY],
    });
  });
});
