import { testLine } from './suite';

jest.mock('../../lib/cli/gc');

testLine('doctor');
