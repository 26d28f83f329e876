import { grouped } from '../../cli/grouped';
import { plural } from '../../cli/units';
import type { AuditReport, Difference, State } from './report';

/** Differences that have their state and their reason in common. */
export interface Cause extends Pick<Difference, 'state' | 'wrong' | 'remedy'> {
  /** The reason. What is different in each of them is left out. */
  readonly why: string;
  readonly versions: number;
  /** Of the sources; of the replicas where there is no source. */
  readonly bytes: number;
  /** The report holds every difference of this state. Otherwise there may be more of this cause, and more causes. */
  readonly isComplete: boolean;
  /** Ids of the pairs, in the order of the report. */
  readonly pairs: readonly string[];
  readonly differences: readonly Difference[];
}

/** Groups the differences of a report by state and reason: what is wrong first, then what is unknown, then the most versions. */
export function causesOf(report: Pick<AuditReport, 'pairs' | 'differences'>): readonly Cause[] {
  const groups = grouped(report.differences, ({ state, wrong, remedy, why }) => [state, wrong, remedy, general(why)].join('\n'));
  return groups.map(([, group]) => causeOf(group, report)).toSorted(byImportance);
}

/** How many versions: at least so many, where the report does not hold every difference of the state. */
export function versionsOf({ versions, isComplete }: Cause): string {
  return `${isComplete ? '' : 'at least '}${plural(versions, 'version')}`;
}

/** Whether somebody has to look at it: it is wrong, or nobody knows. */
export function isOpen({ wrong, state }: Pick<Cause, 'wrong' | 'state'>): boolean {
  return wrong || state === 'unknown';
}

function causeOf(
  group: readonly [Difference, ...Difference[]],
  { pairs, differences }: Pick<AuditReport, 'pairs' | 'differences'>,
): Cause {
  const [{ state, wrong, remedy }] = group;
  const held = differences.filter((difference) => difference.state === state).length;
  const concerned = new Set(group.map(({ pair }) => pair));
  return {
    state,
    wrong,
    remedy,
    why: inCommon(group.map(({ why }) => why)),
    versions: group.length,
    bytes: group.reduce((sum, { sourceSize, replicaSize }) => sum + (sourceSize ?? replicaSize ?? 0), 0),
    isComplete: held >= pairs.reduce((sum, { states }) => sum + states[state].versions, 0),
    pairs: pairs.map(({ pair }) => pair).filter((pair) => concerned.has(pair)),
    differences: group,
  };
}

const LEFT_OUT = '…';

/** Numbers, dates, ARNs and checksums may be different in each difference of a cause. Names of checksums are not. */
function general(why: string): string {
  return why.replaceAll(/\S+/g, (word) => (!word.startsWith('Checksum') && /\d|=$/.test(word) ? LEFT_OUT : word));
}

/** The words that reasons with the same general form have in common. */
function inCommon(reasons: readonly string[]): string {
  const [first = [], ...others] = [...new Set(reasons)].map((why) => why.split(/\s+/));
  return first.map((word, index) => (others.every((words) => words[index] === word) ? word : LEFT_OUT)).join(' ');
}

function byImportance(one: Cause, other: Cause): number {
  return rank(one) - rank(other) || other.versions - one.versions;
}

function rank({ wrong, state }: { readonly wrong: boolean; readonly state: State }): number {
  return wrong ? 0 : state === 'unknown' ? 1 : 2;
}
