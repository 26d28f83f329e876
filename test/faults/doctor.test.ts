import { testLine } from './suite';

testLine('doctor');
