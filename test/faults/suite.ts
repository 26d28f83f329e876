import { isDeepStrictEqual } from 'node:util';
import { EXIT } from '../../lib/cli/exit-codes';
import type { StoredBucket } from '../helpers/fake-s3/bucket';
import { PAGE } from '../helpers/fake-s3/listing';
import { FAULTS, type FaultKind, happensTo, PASSING } from './faults';
import { type Exception, LINES, type Line } from './lines';
import { type Ended, FaultWorld, isStep, REPLICA, SOURCE } from './world';

/** What no command may say that could not find out, or found something wrong. */
const CLAIMS = /nothing is wrong|: everything is there|: verified|: Passed|: fine\b/;

/** How a command has to end. */
export function expectedExit({ exceptions }: Line, step: string, fault: Pick<FaultKind, 'name'>): number {
  return exceptionFor({ exceptions }, step, fault)?.exit ?? EXIT.unknown;
}

/** The exception that a cell is, if it is one. */
export function exceptionFor(
  { exceptions }: Pick<Line, 'exceptions'>,
  step: string,
  { name }: Pick<FaultKind, 'name'>,
): Exception | undefined {
  return exceptions.find(({ steps, faults }) => steps.test(step) && (faults?.test(name) ?? true));
}

/** The cells of a command line. */
export function cellsOf({ steps, asksOnce = false }: Line): (readonly [step: string, fault: FaultKind])[] {
  const faults = FAULTS.filter(({ from = 1 }) => from === 1 || !asksOnce);
  return steps.flatMap((step) => faults.filter((fault) => happensTo(fault, step)).map((fault) => [step, fault] as const));
}

/** Tests of a line that run at once. With more, the order of a command's requests changes, and so does what an expired credential meets next. */
const AT_ONCE = 1;

/** Milliseconds: each takes as long as all of them. */
const TIMEOUT = AT_ONCE * 120_000;

const CTRL_C: Pick<FaultKind, 'name'> = { name: 'Ctrl-C' };

/** Tests of a command line: each fault at each step, each fault that passes, and Ctrl-C at each step. */
export function testLine(name: string): void {
  const line = LINES[name] as Line;

  const run = (world: FaultWorld, { timeouts }: Pick<FaultKind, 'timeouts'> = {}) =>
    world.run(line.argv.split(' '), { ...(timeouts && { timeouts }) });

  const begin = async (world: FaultWorld) => {
    await world.reset();
    await line.before?.(world);
  };

  describe(name, () => {
    const [first = new FaultWorld(), ...others] = Array.from({ length: AT_ONCE }, (_, number) => new FaultWorld(number));
    const idle = [first, ...others];
    /** A test that Jest gave up keeps its world until it ends. */
    const waiting: ((world: FaultWorld) => void)[] = [];
    /** A test in a world that no other test is in. */
    const inWorld =
      <Words extends readonly unknown[]>(work: (world: FaultWorld, ...words: Words) => Promise<void>) =>
      async (...words: Words): Promise<void> => {
        const world = idle.pop() ?? (await new Promise<FaultWorld>((resolve) => waiting.push(resolve)));
        try {
          await begin(world);
          await work(world, ...words);
        } finally {
          const next = waiting.shift() ?? ((free: FaultWorld) => idle.push(free));
          next(world);
        }
      };

    let healthy: Ended;
    beforeAll(async () => {
      await first.open(others);
      await begin(first);
      healthy = await run(first);
    });
    afterAll(() => first.close());

    test('asks what the page says, and nothing else', () => {
      const { exitCode, steps } = healthy;
      expect(exitCode).toBe(EXIT.ok);
      const [command] = line.argv.split(' ');
      const known = Object.values(LINES).filter(({ argv }) => argv.split(' ')[0] === command);
      const all = known.flatMap((each) => each.steps);
      expect([...new Set(steps)].filter((step) => !all.some((each) => isStep(each, step)))).toEqual([]);
      expect(line.steps.filter((each) => !steps.some((step) => isStep(each, step)))).toEqual([]);
    });

    test.each(cellsOf(line).map(([step, fault]) => [step, fault.name, fault] as const))(
      '%s: %s',
      inWorld(async (world, step: string, _: string, fault: FaultKind) => {
        const { spreads = false, from = 1 } = fault;
        // A fault of the first request does not see a second page, and pages are what most requests are for.
        world.aws.pageSize = from === 1 ? PAGE : world.aws.pageSize;
        world.fault(step, fault.outcome, { times: Number.POSITIVE_INFINITY, spreads, from });
        const ended = await run(world, fault);
        const exception = exceptionFor(line, step, fault);
        expect(`${ended.exitCode}, and says:\n${sayings(ended)}`).toMatch(
          new RegExp(`^${exception?.exit ?? EXIT.unknown}, [^]*(${(exception?.says ?? fault.named).source})`, 'i'),
        );
        expectHonest(ended, exception?.exit ?? EXIT.unknown);
        expectWhole(world);
      }),
      TIMEOUT,
    );

    test.each(PASSING.map((fault) => [fault.name, fault] as const))(
      'everything: %s, and it passes',
      inWorld(async (world, _: string, fault: FaultKind) => {
        const steps = [...new Set(healthy.steps)].filter((step) => happensTo(fault, step));
        for (const together of line.hasOneObject === true ? line.steps.map((step) => [step]) : [steps]) {
          await begin(world);
          together.forEach((step) => world.fault(step, fault.outcome, { times: 1 }));
          const ended = await run(world, fault);
          expect(`${ended.exitCode} ${withoutChance(ended.told)}`).toBe(`${EXIT.ok} ${withoutChance(healthy.told)}`);
          expect(line.hasOneObject === true || isDeepStrictEqual(lasting(ended), lasting(healthy))).toBe(true);
          expectWhole(world);
        }
      }),
      TIMEOUT,
    );

    test.each(line.steps)(
      '%s: Ctrl-C',
      inWorld(async (world, step: string) => {
        world.aws.pageSize = PAGE;
        world.fault(
          step,
          {
            choose: () => {
              world.signal();
              return 'hang';
            },
          },
          { times: 1 },
        );
        const ended = await run(world);
        expect(ended.exitCode).toBe(130);
        // Where nothing depends on the step, the result may be there already.
        expectHonest(ended, expectedExit(line, step, CTRL_C) === EXIT.ok ? EXIT.ok : ended.exitCode);
        expectWhole(world);
      }),
      TIMEOUT,
    );
  });
}

function sayings({ told, printed, text = '' }: Ended): string {
  return [told, text, printed].join('\n');
}

/** Nothing is claimed that was not seen, and nothing falls out of the program. */
function expectHonest(ended: Ended, exit: number): void {
  const { told, text = '', data = {} } = ended;
  const said = sayings(ended);
  expect(said).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(said).not.toMatch(/TypeError|AWS SDK error wrapper|UnknownError|\[object |undefined|NaN/);
  if (exit !== EXIT.ok) {
    expect(`${told}\n${text}`).not.toMatch(CLAIMS);
    expect([data['ok'], data['status']]).not.toContain(true);
    expect(data['status']).not.toBe('ok');
  }
}

/** What was written is whole: files can be read to their end, and what is in the target is as in the replica bucket. */
function expectWhole(world: FaultWorld): void {
  for (const [name, content] of Object.entries(world.files())) {
    if (name.endsWith('.json')) {
      expect(() => JSON.parse(content) as unknown).not.toThrow();
    } else if (name.endsWith('.csv')) {
      expect(content === '' || content.endsWith('\n')).toBe(true);
      expect(
        new Set(
          content
            .trim()
            .split('\n')
            .map((row) => row.replaceAll(/"([^"]|"")*"/g, '').split(',').length),
        ).size,
      ).toBe(1);
    } else if (name.endsWith('.html') && content !== '') {
      expect(content.trimEnd()).toMatch(/<\/html>$/);
    }
  }
  const { buckets } = world.aws;
  const [source, replica] = [buckets.get(SOURCE), buckets.get(REPLICA)] as [StoredBucket, StoredBucket];
  for (const { key, body, tags, headers, isDeleteMarker } of source.versions()) {
    const [original] = replica.versions(key);
    if (!isDeleteMarker && !key.startsWith('.')) {
      expect([key, body.toString(), tags, headers['x-amz-meta-about']]).toEqual([
        key,
        original?.body.toString(),
        original?.tags,
        original?.headers['x-amz-meta-about'],
      ]);
    }
  }
}

/** Seeds and folders are of one run, profiles of one world. */
function withoutChance(told: string): string {
  return told.replaceAll(/--seed \w+|\/\S*faults-\w+|(?<=(source|destination)-)\d\b/g, '');
}

/** The result without what chance and time decide. */
function lasting({ data = {} }: Ended): unknown {
  const volatile =
    /^(requests|seconds|file|startedAt|endedAt|seed|files|scratch|recoveryTime|at|key|source|durations|counts|objectsPerSecond|generatedAt|found|expected|recoveryPoint|bucket|folder)$/;
  const text = JSON.stringify(data, (name, value: unknown) => {
    if (volatile.test(name)) {
      return undefined;
    }
    // Copies end in any order.
    return Array.isArray(value) ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value;
  });
  return JSON.parse(withoutChance(text));
}
