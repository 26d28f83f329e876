import { testLine } from './suite';

for (const line of ['status', 'failures', 'failures --ack', 'backfill', 'init', 'exchange', 'bootstrap']) {
  testLine(line);
}
