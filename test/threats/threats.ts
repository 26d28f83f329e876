import { BACKUP } from './backup';
import { MISTAKES } from './mistakes';
import { PRODUCTION } from './production';
import type { Threat } from './threat';
import { TOOLING } from './tooling';

/** The rows of each table of docs/threats.md, by the name of its markers. */
export const THREATS: Readonly<Record<string, readonly Threat[]>> = {
  production: PRODUCTION,
  backup: BACKUP,
  tooling: TOOLING,
  mistakes: MISTAKES,
};
