import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../../lib/cli/command';
import { AbortError, UnreachableError, UsageError } from '../../../lib/errors/errors';
import { cost } from '../../../lib/ops/cost/cost';
import { readPrices } from '../../../lib/ops/cost/prices/prices';
import type { RefreshData } from '../../../lib/ops/cost/prices/refresh';
import { breakDisk } from '../../helpers/disk';
import { testContext } from '../../helpers/ops';
import { rejectionOf } from '../../helpers/rejection';

/** A tier as AWS's price list has it. */
type Tier = readonly [from: string, to: string, usd: string];

/** A price list with one product for each usage type, in the form that AWS documents. */
function priceList(products: readonly (readonly [usageType: string, unit: string, ...tiers: readonly Tier[]])[]) {
  const named = products.map((product, index) => [`SKU${index}`, product] as const);
  return {
    formatVersion: 'v1.0',
    disclaimer: 'for tests',
    publicationDate: '2026-10-30T17:00:00Z',
    products: Object.fromEntries(named.map(([sku, [usagetype]]) => [sku, { sku, attributes: { usagetype } }])),
    terms: {
      OnDemand: Object.fromEntries(
        named.map(([sku, [, unit, ...tiers]]) => [
          sku,
          {
            [`${sku}.TERM`]: {
              sku,
              priceDimensions: Object.fromEntries(
                tiers.map(([beginRange, endRange, usd], index) => [
                  `${sku}.TERM.${index}`,
                  { unit, beginRange, endRange, pricePerUnit: { USD: usd } },
                ]),
              ),
            },
          },
        ]),
      ),
    },
  };
}

const whole = (usd: string): Tier => ['0', 'Inf', usd];

/** Made-up prices, by the path of their list. */
const LISTS: Readonly<Record<string, object>> = {
  'AmazonS3/current/ap-southeast-2': priceList([
    ['APS2-TimedStorage-ByteHrs', 'GB-Mo', ['51200', 'Inf', '0.02'], ['0', '51200', '0.03']],
    ['APS2-USW2-S3RTC-Out-Bytes', 'GB', whole('0.5')],
    ['APS2-EUC1-S3RTC-Out-Bytes', 'GB', whole('9')],
  ]),
  'AmazonS3/current/us-west-2': priceList([
    ['USW2-Requests-SIA-Tier1', 'Requests', whole('0.00001')],
    ['USW2-TimedStorage-ZIA-ByteHrs', 'GB-Mo', whole('0.01')],
    ['USW2-TimedStorage-ZIA-ByteHrs', 'GB-Mo', whole('0.02')],
    ['USW2-TimedStorage-GIR-ByteHrs', 'GB-Mo', ['10', 'Inf', '0.01']],
  ]),
  'AWSDataTransfer/current/ap-southeast-2': priceList([['APS2-USW2-AWS-Out-Bytes', 'GB', whole('0.125')]]),
  'awskms/current/us-west-2': priceList([
    ['us-west-2-KMS-Keys', 'Keys', whole('1.0000000000')],
    ['us-west-2-KMS-Requests', 'Requests', whole('0.0000030000')],
  ]),
};

let server: Server;
let directory: string;
let file: string;
const paths: string[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 's3-replication-refresh-'));
  file = join(directory, 'prices.json');
  paths.length = 0;
  server = createServer((request, response) => {
    const path = /^\/offers\/v1\.0\/aws\/(.*)\/index\.json$/.exec(request.url ?? '')?.[1] ?? '';
    paths.push(path);
    response.end(JSON.stringify(LISTS[path] ?? priceList([])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['AWS_ENDPOINT_URL_PRICING'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  delete process.env['AWS_ENDPOINT_URL_PRICING'];
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

async function refresh(keys: Record<string, unknown> = {}, overrides: Partial<Context> = {}) {
  const { context, recorded } = testContext(keys, overrides);
  const outcome = await cost(context, { argument: undefined, values: { 'refresh-prices': true, prices: file } });
  return { data: outcome.data as RefreshData, text: outcome.text, recorded };
}

const pricesById = () => Object.fromEntries(readPrices(file).prices.map((price) => [`${price.id} ${price.region}`, price]));

test('writes the prices of the list in the units of this project, with list and date as source', async () => {
  await refresh();
  const prices = pricesById();

  expect(prices['s3-put-STANDARD_IA us-west-2']).toMatchObject({
    unit: '1,000 requests',
    tiers: [{ usd: 0.01 }],
    asOf: '2026-10-30',
  });
  expect(prices['s3-put-STANDARD_IA us-west-2']?.source).toMatch(/AmazonS3\/current\/us-west-2\/index\.json$/);
  expect(prices['s3-storage-STANDARD ap-southeast-2']?.tiers).toEqual([{ upTo: 51_200, usd: 0.03 }, { usd: 0.02 }]);
  expect(prices['s3-transfer ap-southeast-2 to us-west-2']?.tiers).toEqual([{ usd: 0.125 }]);
  expect(prices['s3-time-control ap-southeast-2 to us-west-2']?.tiers).toEqual([{ usd: 0.5 }]);
  expect(prices['kms-key us-west-2']?.tiers).toEqual([{ usd: 1 }]);
  expect(prices['kms-requests us-west-2']?.tiers).toEqual([{ usd: 0.03 }]);
});

test('a full disk leaves the prices as they were', async () => {
  const old = JSON.stringify({ asOf: '2026-01-01', currency: 'USD', prices: [] });
  writeFileSync(file, old);
  breakDisk('writeSync', 'ENOSPC');
  const error = await rejectionOf(refresh(), UsageError);
  jest.restoreAllMocks();
  expect(error).toMatchObject({ code: 'NoPriceFile', message: expect.stringContaining('ENOSPC') });
  expect(readFileSync(file, 'utf8')).toBe(old);
});

test('leaves what cannot be told without doubt as it was, and names it', async () => {
  writeFileSync(
    file,
    JSON.stringify({
      asOf: '2026-01-01',
      currency: 'USD',
      prices: [
        {
          id: 's3-storage-ONEZONE_IA',
          region: 'us-west-2',
          unit: 'GB-month',
          tiers: [{ usd: 7 }],
          source: 'https://example.com/mine',
          asOf: '2026-01-01',
        },
      ],
    }),
  );
  const { data, text } = await refresh();
  const why = Object.fromEntries(data.notFound.map((one) => [`${one.id} ${one.region}`, one.why]));

  expect(why['s3-storage-ONEZONE_IA us-west-2']).toContain('more than one price');
  expect(pricesById()['s3-storage-ONEZONE_IA us-west-2']?.tiers).toEqual([{ usd: 7 }]);
  expect(why['s3-storage-STANDARD_IA us-west-2']).toContain('no price of USW2-TimedStorage-SIA-ByteHrs');
  // Its tiers do not begin at nothing.
  expect(why['s3-storage-GLACIER_IR us-west-2']).toContain('no price');
  expect(why['s3-delete-marker-replication us-west-2']).toBeDefined();
  expect(text).toContain('not found: s3-storage-STANDARD_IA us-west-2');
  expect(Object.keys(pricesById())).not.toContain('s3-storage-STANDARD_IA us-west-2');
});

test('shows what changes and asks; declined, it writes nothing', async () => {
  const terminal = {
    ...testContext().context.terminal,
    confirm: () => Promise.reject(new AbortError('Declined', 'nothing was changed')),
  };

  await rejectionOf(refresh({}, { terminal }), AbortError);
  expect(existsSync(file)).toBe(false);
});

test('a second time there is nothing new', async () => {
  const { recorded, data } = await refresh();
  const first = readFileSync(file, 'utf8');
  const again = await refresh();

  expect(recorded.told.join('\n')).toMatch(/s3-transfer ap-southeast-2 to us-west-2: none -> \$0.125 per GB \(AWS's unit: GB\)/);
  expect(recorded.questions).toEqual(['Write these prices?']);
  expect(again.data).toMatchObject({ changed: [], unchanged: data.changed.length });
  expect(readPrices(file)).toEqual(JSON.parse(first));
});

test('each list is read once, a price is asked for once', async () => {
  await refresh({
    pipeline: {
      account: '333333333333',
      region: 'us-west-2',
      repository: 'example/backups',
      connectionArn: 'arn:aws:codeconnections:us-west-2:333333333333:connection/aEXAMPLE-8aad-4d5d-8878-dfcab0bc441f',
    },
  });

  expect(paths.length).toBeGreaterThan(0);
  expect(paths).toHaveLength(new Set(paths).size);
});

test('in US East (N. Virginia) a usage type may come without the code of the region', async () => {
  const list = priceList([['TimedStorage-ByteHrs', 'GB-Mo', whole('0.04')]]);
  server.removeAllListeners('request').on('request', (_, response) => response.end(JSON.stringify(list)));
  await refresh({ source: { region: 'us-east-1' } });

  expect(pricesById()['s3-storage-STANDARD us-east-1']?.tiers).toEqual([{ usd: 0.04 }]);
});

test('a list that AWS does not have leaves the prices of the others', async () => {
  server.removeAllListeners('request').on('request', (request, response) => {
    const isThere = request.url?.includes('awskms/current/us-west-2') === true;
    response.writeHead(isThere ? 200 : 404).end(JSON.stringify(LISTS['awskms/current/us-west-2']));
  });
  const { data } = await refresh();

  expect(Object.keys(pricesById())).toEqual(['kms-key us-west-2', 'kms-requests us-west-2']);
  expect(data.notFound.find(({ id }) => id === 's3-transfer')?.why).toContain('the answer is 404');
});

test.each([
  ['an error', (): [number, string] => [503, '{}']],
  ['another form', (): [number, string] => [200, '{"products":[]}']],
  ['no JSON', (): [number, string] => [200, '<html>']],
])('%s instead of a price list could not be found out, and writes nothing', async (_, answer) => {
  server.removeAllListeners('request').on('request', (_request, response) => {
    const [status, body] = answer();
    response.writeHead(status).end(body);
  });

  await rejectionOf(refresh(), UnreachableError);
  expect(existsSync(file)).toBe(false);
});

test('China has a price list of its own, in another currency', async () => {
  const keys = {
    source: { region: 'cn-north-1' },
    destination: { region: 'cn-northwest-1' },
    bucketNamespace: 'global',
  };

  await rejectionOf(refresh(keys), UsageError);
  expect(paths).toEqual([]);
});

test('with a workload, the estimate uses the prices that were just read', async () => {
  const { context } = testContext();
  const values = { 'refresh-prices': true, prices: file, objects: '1000', 'average-size': '1GiB' };
  const { data } = await cost(context, { argument: undefined, values });

  expect(data).toMatchObject({ prices: { file, asOf: '2026-11-01' } });
  expect(data).toHaveProperty(
    'lines',
    expect.arrayContaining([expect.objectContaining({ id: 'transfer', usd: { least: 125, most: 125 } })]),
  );
});
