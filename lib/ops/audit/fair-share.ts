/**
 * Some of the members of each group, most in all: small groups whole, so that ten of one kind do not vanish among thousands of another.
 * Groups keep their order, and members theirs.
 */
export function fairShare<Member>(groups: readonly (readonly Member[])[], most: number): Member[] {
  const shares = new Map<readonly Member[], number>();
  let left = most;
  let waiting = groups.length;
  for (const group of groups.toSorted((a, b) => a.length - b.length)) {
    const share = Math.min(group.length, Math.floor(left / waiting));
    shares.set(group, share);
    left -= share;
    waiting -= 1;
  }
  return groups.flatMap((group) => group.slice(0, shares.get(group)));
}
