import { testLine } from './suite';

jest.mock('../../lib/cli/gc');

for (const line of ['explain', 'explain a replica']) {
  testLine(line);
}
