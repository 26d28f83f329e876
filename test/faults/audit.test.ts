import { testLine } from './suite';

jest.mock('../../lib/cli/gc');

for (const line of ['audit', 'audit --deep', 'audit --from-inventory']) {
  testLine(line);
}
