import { testLine } from './suite';

testLine('verify');
