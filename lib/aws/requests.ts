import { AppError } from '../errors/errors';
import { isThrottled } from './aws-error';
import type { Clock } from './clock';

/** Longest waits between attempts, in milliseconds, on top of those that the SDK makes within a second or so. */
const WAITS = [1000, 2000, 4000, 8000, 16_000];

/**
 * Shortens a wait by up to a half, by chance: requests that S3 refused at the same moment do not come back at the same moment.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export function withJitter(milliseconds: number): number {
  return milliseconds * (1 - Math.random() / 2);
}

/** How many requests of each kind were sent. */
export type RequestCounts<Kind extends string> = Record<Kind, number>;

/** The requests to one side: counted, slowed down to a rate, and tried again for as long as S3 throttles them. */
export class Requests<Kind extends string> {
  /** When the next request may go, in milliseconds since 1970. */
  private next = 0;

  /** @param perSecond undefined for as many as there is work for */
  constructor(
    private readonly clock: Clock,
    private readonly counts: RequestCounts<Kind>,
    private readonly perSecond: number | undefined,
  ) {}

  /** @throws UnreachableError when the person interrupts while it waits, and whatever the request throws last */
  async send<Answer>(kind: Kind, request: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 0; ; attempt += 1) {
      await this.turn();
      this.counts[kind] += 1;
      try {
        return await request();
      } catch (error) {
        const wait = WAITS[attempt];
        if (wait === undefined || !isThrottled(error instanceof AppError ? error.cause : error)) {
          throw error;
        }
        await this.clock.sleep(withJitter(wait));
      }
    }
  }

  private async turn(): Promise<void> {
    if (this.perSecond === undefined) {
      return;
    }
    const now = this.clock.now().getTime();
    const start = Math.max(now, this.next);
    this.next = start + 1000 / this.perSecond;
    if (start > now) {
      await this.clock.sleep(start - now);
    }
  }
}
