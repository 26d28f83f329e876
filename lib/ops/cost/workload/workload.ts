/** What happens in one source bucket in a month, and what is in it before. */
export interface Workload {
  /** Versions written in the month: new objects and overwrites. Each one is replicated. */
  readonly objects: number;
  /** Bytes of one version, on average. */
  readonly averageSize: number;
  /** Bytes of the versions that are there before the month. */
  readonly storedBytes: number;
  /** How many versions they are. */
  readonly storedObjects: number;
  /** Percent of the written versions that overwrite an object. The old version stays, unless a lifecycle rule deletes it. */
  readonly overwrites: number;
  /** Objects deleted in the month, as percent of the written versions. A deletion adds a delete marker, and the version stays as long. */
  readonly deletes: number;
}

/** Where the numbers of a workload are from. */
export interface WorkloadOrigin {
  readonly kind: 'options' | 'file' | 'measured';
  /** For a person. */
  readonly text: string;
}

/** The workload of each chosen pair, by id. */
export interface Workloads {
  readonly origin: WorkloadOrigin;
  readonly pairs: ReadonlyMap<string, Workload>;
}
