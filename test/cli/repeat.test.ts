import { Outcome } from '../../lib/cli/command';
import { repeat } from '../../lib/cli/repeat';
import { AppError, UnreachableError } from '../../lib/errors/errors';
import { testContext } from '../helpers/ops';
import { rejectionOf } from '../helpers/rejection';

const FINE = new Outcome({ status: 'ok', seen: ['it'] }, { round: 1 }, 'fine');
const WRONG = new Outcome({ status: 'failed', why: ['it'] }, { round: 2 }, 'wrong');
const interruption = () => new UnreachableError('Interrupted', 'interrupted');

/** Repeats every five minutes through these answers; then the person interrupts. */
async function through(...answers: readonly (Error | Outcome<{ round: number }>)[]) {
  const { context, recorded } = testContext();
  const rest = [...answers];
  const round = async () => {
    const answer = rest.shift() ?? interruption();
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { outcome: await repeat(round, 5, context, ({ status: { status } }) => status), recorded };
}

test('reports each round with its time, and ends as the last complete one did', async () => {
  const { outcome, recorded } = await through(FINE, WRONG);

  expect(recorded.reported).toEqual([
    { data: { status: 'ok', round: 1 }, text: '2026-11-01T12:00:00.000Z\nfine\n' },
    { data: { status: 'failed', round: 2 }, text: '2026-11-01T12:05:00.000Z\nwrong\n' },
  ]);
  expect(outcome).toMatchObject({
    exitCode: 1,
    data: { status: 'failed', round: 2, rounds: 2 },
    text: 'interrupted after 2 rounds; the last one counts: failed',
  });
});

test('a later round without an answer is told, and does not end it', async () => {
  const { outcome, recorded } = await through(FINE, new UnreachableError('NoAnswer', 'no network', 'wait'), FINE);

  expect(recorded.told).toEqual(['2026-11-01T12:05:00.000Z\nno network\nwait']);
  expect(recorded.waited).toBe(15 * 60_000);
  expect(outcome).toMatchObject({ exitCode: 0, data: { rounds: 2 } });
});

test('a first round without an answer ends it', async () => {
  expect((await rejectionOf(through(new UnreachableError('NoAnswer', 'no network')), UnreachableError)).code).toBe('NoAnswer');
  expect((await rejectionOf(through(), UnreachableError)).code).toBe('Interrupted');
});

test('another error ends it at any time', async () => {
  expect((await rejectionOf(through(FINE, new AppError('NoQueue', 'gone')), AppError)).code).toBe('NoQueue');
});
