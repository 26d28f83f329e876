import { testLine } from './suite';

for (const line of [
  'restore',
  'restore in parts',
  'restore over objects',
  'restore --from-inventory',
  'restore by batch',
  'restore --cancel',
]) {
  testLine(line);
}
