import type { AnyCommand } from '../lib/cli/command';
import { deployWith, planWith } from '../lib/deploy/programs';
import { DEMO } from '../lib/local/program';
import { AUDIT } from '../lib/ops/audit/command';
import { BACKFILL_COMMANDS } from '../lib/ops/backfill/commands';
import { BOOTSTRAP } from '../lib/ops/bootstrap/command';
import { CONFIG } from '../lib/ops/config/command';
import { COST } from '../lib/ops/cost/command';
import { DOCTOR } from '../lib/ops/doctor/command';
import { DRILL } from '../lib/ops/drill/command';
import { EXCHANGE } from '../lib/ops/exchange/command';
import { EXPLAIN } from '../lib/ops/explain/command';
import { FAILURES } from '../lib/ops/failures/command';
import { INIT } from '../lib/ops/init/command';
import { RESTORE } from '../lib/ops/restore/command';
import { SCP } from '../lib/ops/scp';
import { STATEMENTS } from '../lib/ops/statements/command';
import { STATUS } from '../lib/ops/status/command';
import { VERIFY } from '../lib/ops/verify/command';

/** A plan asks owners what `doctor` asks them. */
const askOwners = () => (require('../lib/ops/doctor/owners') as typeof import('../lib/ops/doctor/owners')).askOwners;

/** Every command, in the order in which a person meets them. */
export const COMMANDS: readonly AnyCommand[] = [
  DEMO,
  INIT,
  CONFIG,
  BOOTSTRAP,
  planWith(askOwners),
  deployWith(askOwners),
  EXCHANGE,
  STATEMENTS,
  DOCTOR,
  VERIFY,
  STATUS,
  EXPLAIN,
  FAILURES,
  AUDIT,
  ...BACKFILL_COMMANDS,
  RESTORE,
  DRILL,
  COST,
  SCP,
];
