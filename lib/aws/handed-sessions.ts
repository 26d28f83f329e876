import type { CredentialProvider } from './credentials';
import { RENEWAL_MARGIN } from './renewal';

/**
 * Sessions that `deploy` hands to the CDK CLI that it runs, where the plug-in takes them: AWS accepts a code of an MFA device once, and each process
 * would ask for one of its own. The variable lives as long as the process that it is given to, as the ones do that every AWS tool reads.
 */
const VARIABLE = 'S3_REPLICATION_SESSIONS';

/** Credentials that end by themselves, as they are handed over. */
interface HandedSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** In ISO 8601. */
  readonly expiration?: string;
}

/** Credentials of accounts, by account id. */
export type Sessions = ReadonlyMap<string, CredentialProvider>;

/** The environment variable that hands over the sessions among these credentials; static keys stay in their profile. */
export async function handOver(sessions: Sessions): Promise<Record<string, string>> {
  const handed: Record<string, HandedSession> = {};
  for (const [account, credentials] of sessions) {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await credentials();
    if (sessionToken !== undefined) {
      handed[account] = {
        accessKeyId,
        secretAccessKey,
        sessionToken,
        ...(expiration !== undefined && { expiration: expiration.toISOString() }),
      };
    }
  }
  return Object.keys(handed).length === 0 ? {} : { [VARIABLE]: JSON.stringify(handed) };
}

/** The session that was handed over for an account; undefined without one, and shortly before it ends. */
export function handedSession(account: string): Awaited<ReturnType<CredentialProvider>> | undefined {
  const all = JSON.parse(process.env[VARIABLE] ?? '{}') as Readonly<Record<string, HandedSession>>;
  const session = Object.hasOwn(all, account) ? all[account] : undefined;
  if (session === undefined) {
    return undefined;
  }
  const { expiration: end, ...keys } = session;
  const expiration = end === undefined ? undefined : new Date(end);
  const lasts = (expiration?.getTime() ?? Infinity) - Date.now() > RENEWAL_MARGIN;
  return lasts ? { ...keys, ...(expiration !== undefined && { expiration }) } : undefined;
}
