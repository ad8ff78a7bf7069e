import type { IncomingLimits } from './limits.ts';

/** Watches that a transfer brings enough bytes in each window. Time in which we kept the client waiting counts for him. */
export type RateWatch = {
  readonly arrived: (bytes: number) => void;
  /** We are at work and do not read. */
  readonly holdUp: (busy: boolean) => void;
  readonly stop: () => void;
};

export const watchRate = ({ bytes, window }: IncomingLimits['lowestRate'], tooSlow: () => void): RateWatch => {
  let count = 0;
  let held = false;
  const timer = setInterval(() => {
    const enough = held || count >= bytes;
    count = 0;
    if (!enough) tooSlow();
  }, window);
  return {
    arrived: (more) => {
      count += more;
    },
    holdUp: (busy) => {
      held = busy;
    },
    stop: () => clearInterval(timer),
  };
};
