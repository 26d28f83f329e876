import { testLine } from './suite';

testLine('drill');
