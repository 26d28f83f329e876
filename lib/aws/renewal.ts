/** Milliseconds before their expiration at which credentials are renewed. */
export const RENEWAL_MARGIN = 5 * 60_000;
