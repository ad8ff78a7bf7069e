/** `1:02:03`, from seconds. */
export const clock = (seconds: number): string => {
  const whole = Math.round(seconds);
  const two = (count: number): string => String(count).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
};

/** The same, more exactly where it is short: `0.6 s`. */
export const span = (seconds: number): string =>
  seconds < 59.95 ? `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s` : clock(seconds);
