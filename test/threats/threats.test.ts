import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withParts } from '../helpers/generated-parts';
import { decide } from '../proof/decide';
import { type World, worldOf } from '../proof/world';
import { PARTS } from './page';
import { PROTECTIONS, type Protection, type Threat } from './threat';
import { THREATS } from './threats';

const PAGE = resolve(__dirname, '../../docs/threats.md');
const lockdown = { breakGlassRoleArn: 'arn:aws:iam::222222222222:role/BreakGlass' };

const CONFIGURATIONS: Readonly<Record<Protection, Record<string, unknown>>> = {
  none: {},
  objectLock: { pairs: [{ id: 'documents', objectLock: { mode: 'GOVERNANCE', days: 30 } }] },
  lockdown: { lockdown },
  scp: { lockdown },
};

const worlds = new Map<Protection, World>();

function worldWith(protection: Protection): World {
  const world = worlds.get(protection) ?? worldOf(CONFIGURATIONS[protection]);
  worlds.set(protection, world);
  return world;
}

async function decided(threat: Threat, protection: Protection): Promise<'possible' | 'refused'> {
  const world = worldWith(protection);
  for (const request of threat.requests(world)) {
    const asked = { ...request, name: threat.deed, ...(protection === 'scp' && { underScp: true as const }) };
    if ((await decide(world, asked)).allowed) {
      return 'possible';
    }
  }
  return 'refused';
}

const ROWS = Object.entries(THREATS).flatMap(([table, threats]) =>
  threats.flatMap((threat) => PROTECTIONS.map((protection) => [table, threat.deed, protection, threat] as const)),
);

test.each(ROWS)('%s: %s, against protection %s', async (_table, _deed, protection, threat) => {
  expect(threat.requests(worldWith(protection))).not.toEqual([]);
  expect(await decided(threat, protection)).toBe(threat.expected[protection]);
});

test('docs/threats.md has the tables that are proven', () => {
  const page = readFileSync(PAGE, 'utf8');
  const fresh = withParts(page, PARTS);
  if (process.env['UPDATE_DOCS'] === 'true') {
    writeFileSync(PAGE, fresh);
  }

  expect(readFileSync(PAGE, 'utf8')).toBe(fresh);
});
