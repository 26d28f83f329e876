import type { IConstruct } from 'constructs';
import type { ReplicationConfig } from '../../config/replication-config';
import { backfillPermissions } from '../../model/backfill/permissions';
import { type Acknowledgement, awsSolutions, because, controls, NO_ACCESS_LOGS, resourceAt, wildcard } from './acknowledgement';

/** The findings about what S3 Batch Replication needs in the source account. */
export function backfillAcknowledgements(config: ReplicationConfig, source: IConstruct): readonly Acknowledgement[] {
  return [
    ...reportBucket(resourceAt(source, 'Backfill', 'ReportBucket')),
    ...config.pairs.flatMap(({ id }) => backfillRole(resourceAt(source, 'Backfill', 'Roles', id), config, id)),
  ];
}

function reportBucket(resource: IConstruct): Acknowledgement[] {
  return [
    ...because(NO_ACCESS_LOGS, resource, [awsSolutions('S1'), ...controls('S3BucketLoggingEnabled')]),
    ...because(
      'S3 encrypts the reports of a job with its own keys, whatever the default of the bucket. What is in this bucket lists keys of objects ' +
        'and never their content.',
      resource,
      controls('S3DefaultEncryptionKMS'),
    ),
    ...because(
      'Manifests and reports say what a job was to do and what became of it. They expire, a job can be run again, and the objects that they ' +
        'list are replicated.',
      resource,
      controls('S3BucketReplicationEnabled'),
    ),
    ...because(
      'Every job writes under keys that have its id, so nothing is overwritten. A version that outlives the expiration of its manifest or ' +
        'report would be kept for nobody.',
      resource,
      controls('S3BucketVersioningEnabled'),
    ),
  ];
}

/** Why a statement of a backfill role has wildcards, by its Sid; the last speaks for ReadManifests too, which has one of the same. */
const WILDCARDS: Readonly<Record<string, string>> = {
  InitiateReplication:
    "The wildcard stands for the keys of this one bucket's objects, which are not known beforehand. The one action has S3 replicate a version by " +
    'the rule of the bucket: it neither reads nor changes it.',
  WriteManifestsAndReports:
    'The wildcards stand for the ids of jobs, which S3 draws, in two folders of the report bucket that belong to this one pair. The actions read ' +
    'manifests and write manifests and reports: none deletes.',
};

function backfillRole(resource: IConstruct, config: ReplicationConfig, pairId: string): Acknowledgement[] {
  return [
    ...backfillPermissions(config, pairId).flatMap(({ sid, resources }) => {
      const reason = WILDCARDS[sid];
      return reason === undefined ? [] : because(reason, resource, resources.map(wildcard));
    }),
    ...because(
      "The policy names one pair's bucket and folders: no other principal has a use for it, and inline it can be attached to none.",
      resource,
      controls('IAMNoInlinePolicy'),
    ),
  ];
}
