import type { Deployment } from './deployment';

/** A tag as the APIs of AWS take it. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/**
 * The tags of what a command makes: the configuration's, so that a policy of the organization which wants a tag on everything that is made
 * admits it, and the project's own as far as there is room.
 *
 * @param own tags by which people, or this project, know what was made
 * @param most how many the service takes @default 50, as of most services
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_tagging.html
 */
export function tagsOfMade({ tags }: Pick<Deployment, 'tags'>, own: readonly Tag[] = [], most = 50): Tag[] {
  const configured = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const free = own.filter(({ Key: key }) => !Object.hasOwn(tags, key));
  return [...configured.slice(0, most), ...free.slice(0, Math.max(0, most - configured.length))];
}
