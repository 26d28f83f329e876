import { testLine } from './suite';

jest.mock('../../lib/cli/gc');

for (const line of ['restore', 'restore in parts', 'restore over objects', 'restore by batch']) {
  testLine(line);
}
