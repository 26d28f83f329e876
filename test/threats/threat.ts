import { actorsOf, each } from '../proof/actors';
import type { Principal, Request } from '../proof/decide';
import type { World } from '../proof/world';

/** What protects a deployment, in the order of the columns of docs/threats.md. */
export const PROTECTIONS = ['none', 'objectLock', 'lockdown', 'scp'] as const;

export type Protection = (typeof PROTECTIONS)[number];

/** Something that no policy decides. A page of AWS backs it, and no proof. */
export interface Unproven {
  readonly answer: string;
  /** Page of AWS that says so. */
  readonly page: string;
}

/** Something that somebody does, against each protection. */
export interface Threat {
  readonly deed: string;
  /** The requests that it takes one of: refused where policies deny all of them. */
  readonly requests: (world: World) => readonly Omit<Request, 'name'>[];
  /** What the policies decide, by protection; the proof decides again. */
  readonly expected: Readonly<Record<Protection, 'possible' | 'refused'>>;
  /** Where S3 or KMS itself decides in place of a policy. @default - nowhere */
  readonly unproven?: Readonly<Partial<Record<Protection, Unproven>>>;
  /** What it leaves, and how the owner hears of it. */
  readonly aftermath: string;
}

export const S3_PAGES = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';
export const OBJECT_LOCK = `${S3_PAGES}/object-lock.html`;
export const always = (answer: 'possible' | 'refused'): Threat['expected'] => ({
  none: answer,
  objectLock: answer,
  lockdown: answer,
  scp: answer,
});
export const UNTIL_LOCKDOWN: Threat['expected'] = { ...always('refused'), none: 'possible', objectLock: 'possible' };
export const UNTIL_SCP: Threat['expected'] = { ...always('possible'), scp: 'refused' };

/** What locked versions do whatever a policy allows. */
export const LOCKED: Threat['unproven'] = {
  objectLock: { answer: '`COMPLIANCE`: refused; `GOVERNANCE`: possible with the bypass', page: OBJECT_LOCK },
};

/** The first pair, of which every row is shown. */
export function parts(world: World) {
  const [pair] = world.pairs;
  if (pair === undefined) {
    throw new Error('there is no pair');
  }
  const { source, destination } = world.config;
  return {
    ...actorsOf(world),
    pair,
    source: { owner: source.account, ...source },
    destination: { owner: destination.account, ...destination },
    replica: `${pair.replicaBucket.arn}/photos/a.jpg`,
    original: `${pair.sourceBucket.arn}/photos/a.jpg`,
  };
}

export const on = (
  actions: readonly string[],
  principal: Principal,
  resource: string,
  owner: string,
  context?: Request['context'],
) => each(actions, { name: '', principal, resource, owner, ...(context && { context }) });
