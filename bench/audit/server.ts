import type { GeneratedBucket } from '../../test/helpers/fake-s3/generated';
import { FakeS3 } from '../../test/helpers/fake-s3/server';
import { bucketNamed } from '../shared/deployment';

const buckets = new Map<string, GeneratedBucket | undefined>();

/** Serves buckets on loopback. Tells the process that started it its port, and on every message the processor time that it has used. */
const s3 = new FakeS3((name) => {
  if (!buckets.has(name)) {
    buckets.set(name, bucketNamed(name));
  }
  return buckets.get(name);
});

void s3.start().then(() => process.send?.(Number(new URL(s3.endpoint).port)));
process.on('message', () => {
  // Nobody asks which requests there were.
  s3.requests.length = 0;
  const { user, system } = process.cpuUsage();
  process.send?.((user + system) / 1e6);
});
process.once('disconnect', () => process.exit());
