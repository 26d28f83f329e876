import { testLine } from './suite';

jest.mock('../../lib/cli/gc');

testLine('verify');
