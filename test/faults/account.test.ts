import { testLine } from './suite';

jest.mock('../../lib/cli/gc');

for (const line of ['status', 'failures', 'failures --ack', 'backfill', 'exchange', 'bootstrap']) {
  testLine(line);
}
