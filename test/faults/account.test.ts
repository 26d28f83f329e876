import { testLine } from './suite';

jest.mock('../../lib/cli/gc');

for (const line of ['status', 'failures', 'failures --ack', 'backfill', 'init', 'exchange', 'bootstrap']) {
  testLine(line);
}
