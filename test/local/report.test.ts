import { terminalSteps } from '../../lib/local/report';

function terminal() {
  const told: string[] = [];
  const shown: string[] = [];
  const steps = terminalSteps({ tell: (line) => told.push(line), progress: (line) => shown.push(line) });
  return { steps, told, shown };
}

test('shows the step that is under way, and what it took', async () => {
  const { steps, told, shown } = terminal();

  expect(await steps.step('deploy', async () => 'done')).toBe('done');
  expect(shown).toEqual(['deploy', '']);
  expect(told).toEqual([expect.stringMatching(/^✓ deploy {2}0\.\d s$/)]);
});

test('marks a failed step and passes its error on', async () => {
  const { steps, told } = terminal();

  await expect(steps.step('deploy', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(told).toEqual([expect.stringMatching(/^✗ deploy/)]);
});
