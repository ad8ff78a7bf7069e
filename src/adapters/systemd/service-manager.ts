import { execFile } from 'node:child_process';

/** What started us and wants to know how we do. */
export type ServiceManager = {
  /** We are there for everybody; from now on it hears that we turn, where it wants to (`WatchdogSec=`). */
  readonly ready: () => Promise<void>;
  /** What we are at, in one line, as `systemctl status` shows it. */
  readonly tell: (status: string) => Promise<void>;
  readonly stopping: () => Promise<void>;
};

/** Sending takes no time; a manager that does not listen is no reason to wait. Milliseconds. */
const patienceMs = 10_000;

const silent: ServiceManager = { ready: async () => {}, tell: async () => {}, stopping: async () => {} };

/**
 * systemd, where it started us as a service of `Type=notify` (sd_notify(3)); else nobody. Node has no datagram sockets of Unix, so
 * systemd-notify(1) speaks for us. That it cannot is told once and ends nothing: who hears no word restarts us.
 */
export const serviceManager = (
  {
    NOTIFY_SOCKET: socket,
    WATCHDOG_USEC: patience,
    WATCHDOG_PID: watched,
  }: Readonly<Record<string, string | undefined>>,
  complain: (error: Error) => void,
  program = 'systemd-notify',
): ServiceManager => {
  if (socket === undefined || socket === '') return silent;
  let hasComplained = false;
  const speak = (words: readonly string[]): Promise<void> =>
    new Promise((resolve) => {
      execFile(program, words, { cwd: '/', timeout: patienceMs, killSignal: 'SIGKILL' }, (error) => {
        if (error !== null && !hasComplained) complain(error);
        hasComplained ||= error !== null;
        resolve();
      });
    });
  let spoken = Promise.resolve();
  /** One after the other: each is a process, and the last word counts. */
  const say = (...words: readonly string[]): Promise<void> => {
    spoken = spoken.then(() => speak(words));
    return spoken;
  };
  const isWatched = watched === undefined || Number(watched) === process.pid;
  const period = isWatched ? Math.floor(Number(patience ?? '0') / 2000) : 0;
  let watchdog: NodeJS.Timeout | undefined;
  return {
    ready: async () => {
      await say('--ready');
      if (period > 0) watchdog = setInterval(() => void say('WATCHDOG=1'), period).unref();
    },
    tell: (status) => say(`STATUS=${status.replaceAll(/\s+/g, ' ')}`),
    stopping: async () => {
      clearInterval(watchdog);
      await say('STOPPING=1');
    },
  };
};
