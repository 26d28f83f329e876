import { testLine } from './suite';

for (const line of ['explain', 'explain a replica']) {
  testLine(line);
}
