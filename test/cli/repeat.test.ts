import type { Outcome } from '../../lib/cli/command';
import { repeat } from '../../lib/cli/repeat';
import { AppError, UnreachableError } from '../../lib/errors/errors';
import { testContext } from '../helpers/ops';
import { rejectionOf } from '../helpers/rejection';

const FINE = { exitCode: 0, data: { ok: true }, text: 'fine' } as const;
const WRONG = { exitCode: 1, data: { ok: false }, text: 'wrong' } as const;
const interruption = () => new UnreachableError('Interrupted', 'interrupted');

/** Repeats every five minutes through these answers; then the person interrupts. */
async function through(...answers: readonly (Error | (Outcome & { data: { ok: boolean } }))[]) {
  const { context, recorded } = testContext();
  const rest = [...answers];
  const round = async () => {
    const answer = rest.shift() ?? interruption();
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { outcome: await repeat(round, 5, context, ({ ok }) => (ok ? 'yes' : 'no')), recorded };
}

test('reports each round with its time, and ends as the last complete one did', async () => {
  const { outcome, recorded } = await through(FINE, WRONG);

  expect(recorded.reported).toEqual([
    { data: { ok: true }, text: '2026-11-01T12:00:00.000Z\nfine\n' },
    { data: { ok: false }, text: '2026-11-01T12:05:00.000Z\nwrong\n' },
  ]);
  expect(outcome).toEqual({
    exitCode: 1,
    data: { ok: false, rounds: 2 },
    text: 'interrupted after 2 rounds; the last one counts: no',
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
