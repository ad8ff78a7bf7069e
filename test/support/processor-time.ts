/** Milliseconds that this process has had of a processor: a machine that has other things to do takes none of them. */
export const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
