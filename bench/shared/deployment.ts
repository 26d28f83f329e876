import { type Deployment, deploymentOf } from '../../lib/model/deployment';
import { parseConfig } from '../../lib/model/loading/load';
import { GeneratedBucket, type Layout } from '../../test/helpers/fake-s3/generated';

/** The configuration whose only pair has buckets of this kind: the names of its buckets say what is in them. */
export function benchDeployment(layout: Layout, versions: number): Deployment {
  return deploymentOf(parseConfig({ origin: 'the benchmark', value: configurationOf(layout, versions) }));
}

/** The same, as a person writes it. */
export function configurationOf(layout: Layout, versions: number) {
  return { deployment: 'bench', pairs: [{ id: `${layout}-${versions}` }] };
}

/** Names of the source bucket and the replica bucket. */
export function bucketNamesOf(layout: Layout, versions: number): readonly [source: string, replica: string] {
  const config = benchDeployment(layout, versions);
  const [pair] = config.pairs;
  if (pair === undefined) {
    throw new TypeError('the configuration has no pair');
  }
  const { sourceBucket, replicaBucket } = pair.names;
  return [sourceBucket.name, replicaBucket.name];
}

/** What is in a bucket of this name; undefined for any other one. */
export function bucketNamed(name: string): GeneratedBucket | undefined {
  const [, layout, versions] = /^bench-(folders|flat)-(\d+)-/.exec(name) ?? [];
  if (versions === undefined) {
    return undefined;
  }
  const [source] = bucketNamesOf(layout as Layout, Number(versions));
  return new GeneratedBucket(name, name === source ? 'source' : 'destination', layout as Layout, Number(versions));
}
