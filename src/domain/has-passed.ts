/** Clocks of other machines are ahead of ours by seconds; one that was wrong by hours or years has been set back since. Milliseconds. */
const slack = 3_600_000;

/**
 * Whether so much time has passed since `then`. A time that is still to come was noted by a clock that was ahead: to wait for it could
 * take years, so it counts as long ago.
 */
export const hasPassed = (milliseconds: number, then: number, now: number): boolean =>
  now - then >= milliseconds || then - now > slack;
