import { diagnose } from '../../../lib/ops/doctor/diagnose';
import { repairsOf } from '../../../lib/ops/doctor/doctor';
import type { Repair } from '../../../lib/ops/doctor/repair';
import { BREAKS, type Break, required } from './breaks';
import { foreignIn, plantForeign } from './foreign';
import { type Change, perform, readCommand } from './perform';
import { deployment, failures } from './world';

/** Breaks of one deployment, and the checks that look at them. */
export interface Breakage {
  readonly breaks: readonly Break[];
  /** @default - all */
  readonly ids?: readonly string[];
}

/** An order that follows from a number. */
export function shuffleBy(seed: number): <T>(all: readonly T[]) => T[] {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  return (all) =>
    all
      .map((one) => ({ one, place: random() }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ one }) => one);
}

/** A deployment that others use too, broken. */
function broken({ breaks }: Breakage) {
  const keys = Object.assign({}, ...breaks.map((one) => one.keys ?? {})) as Record<string, unknown>;
  const made = deployment(keys);
  try {
    breaks.forEach(({ breakIt }) => breakIt(made.world));
    plantForeign(made.world);
    return made;
  } catch (error) {
    made.restore();
    throw error;
  }
}

/**
 * The repairs that doctor prints; undefined where they are not of the AWS CLI alone, but a deployment, a bootstrap, or what a person has to do.
 *
 * @throws TypeError when one break took away what another one breaks
 */
export async function repairsFor(breakage: Breakage): Promise<readonly Repair[] | undefined> {
  const { context, restore } = broken(breakage);
  try {
    const repairs = repairsOf(await diagnose(context, breakage.ids));
    const commands = repairs.flatMap((repair) => repair.commands);
    const byAws = commands.every((command) => /^aws (?!cloudformation (?!update))/.test(command));
    return byAws && repairs.every((repair) => repair.commands.length > 0) ? repairs : undefined;
  } finally {
    restore();
  }
}

/** What is not as it should be after changes. */
export async function wrongAfter(breakage: Breakage, changes: readonly Change[]): Promise<string[]> {
  const { context, world, restore } = broken(breakage);
  try {
    const foreign = JSON.stringify(foreignIn(world));
    changes.forEach((change) => perform(context.config, world, change));
    const left = Object.keys(failures(await diagnose(context, breakage.ids))).map((id) => `${id} fails still`);
    const lost = JSON.stringify(foreignIn(world)) === foreign ? [] : ['what others wrote is not what it was'];
    const what = breakage.breaks.map((one) => `${one.check} (${one.what})`).join(' and ');
    return [...left, ...lost].map((fault) => `${what}: ${fault}`);
  } finally {
    restore();
  }
}

/** What is not as it should be after the printed commands of a breakage of one resource, which has one repair. */
export async function wrongAfterRepair(breakage: Breakage): Promise<string[]> {
  const repairs = required(await repairsFor(breakage));
  expect(repairs).toHaveLength(1);
  return wrongAfter(breakage, commandsOf(repairs));
}

export function commandsOf(repairs: readonly Repair[]): Change[] {
  return repairs.flatMap(({ commands }) => commands).map(readCommand);
}

/** Breaks whose repair is of the AWS CLI, by the resource that it changes. Found once. */
export function breaksByResource(): Promise<ReadonlyMap<string, Break[]>> {
  known ??= findBreaks();
  return known;
}

let known: Promise<ReadonlyMap<string, Break[]>> | undefined;

async function findBreaks(): Promise<ReadonlyMap<string, Break[]>> {
  const found = new Map<string, Break[]>();
  for (const one of BREAKS) {
    const [repair] = (await repairsFor({ breaks: [one], ids: [one.check] })) ?? [];
    if (repair !== undefined) {
      found.set(repair.resource, [...(found.get(repair.resource) ?? []), one]);
    }
  }
  return found;
}

/** Every two breaks of one resource that one configuration can have, in an order in which the second finds what it breaks. */
export function pairsOfBreaks(byResource: ReadonlyMap<string, Break[]>): readonly Breakage[] {
  const candidates = [...byResource.values()].flatMap((breaks) => {
    const ids = [...new Set(breaks.map(({ check }) => check))];
    return breaks.flatMap((one, index) =>
      breaks.slice(index + 1).flatMap((other) => (canMeet(one, other) ? [{ one, other, ids }] : [])),
    );
  });
  return candidates.map(({ one, other, ids }) => ({ breaks: canFollow(one, other) ? [one, other] : [other, one], ids }));
}

function canMeet({ keys: one = {} }: Break, { keys: other = {} }: Break): boolean {
  return [one, other].some((keys) => Object.keys(keys).length === 0) || JSON.stringify(one) === JSON.stringify(other);
}

function canFollow(one: Break, other: Break): boolean {
  try {
    broken({ breaks: [one, other] }).restore();
    return true;
  } catch {
    return false;
  }
}
