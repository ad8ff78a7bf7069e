/** Gives the event loop a turn. */
export const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
