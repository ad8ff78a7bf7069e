/** Milliseconds that a daemon gets to say that it lives. */
const longest = 2_000;

/** Whether a daemon at `HOST:PORT` says that it lives. */
export const isAlive = async (node: string): Promise<boolean> => {
  try {
    return (await fetch(`http://${node}/healthz`, { signal: AbortSignal.timeout(longest) })).ok;
  } catch {
    return false;
  }
};
