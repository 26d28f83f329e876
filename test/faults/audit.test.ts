import { testLine } from './suite';

for (const line of ['audit', 'audit --deep', 'audit --from-inventory']) {
  testLine(line);
}
