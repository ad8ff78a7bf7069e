import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { serviceManager } from '../../../src/adapters/systemd/service-manager.ts';
import { freePort } from '../../system/support/programs.ts';

/** A socket as systemd's: every datagram is printed, its lines joined by `|`. */
const listener = `
use IO::Socket::UNIX; use Socket; $| = 1;
my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die; print "there\\n";
while (defined $socket->recv(my $said, 4096)) { $said =~ s/\\n/|/g; print "$said\\n" }`;

describe('what systemd is told', () => {
  let folder: string;
  let socket: string;
  let systemd: ReturnType<typeof spawn>;
  let heard: AsyncIterator<string>;
  const next = async (): Promise<string> => {
    const { value } = await heard.next();
    return String(value).startsWith('BARRIER') ? next() : value;
  };
  const fail = (error: Error): never => {
    throw error;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mini-buildd-systemd-'));
    socket = join(folder, 'notify');
    systemd = spawn('perl', ['-e', listener, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    heard = createInterface({ input: systemd.stdout as NonNullable<typeof systemd.stdout> })[Symbol.asyncIterator]();
    assert.equal(await next(), 'there');
  });
  after(() => {
    systemd.kill();
    rmSync(folder, { recursive: true });
  });

  /** systemd-notify reads the address of the socket from the environment that it inherits. */
  const withSocket = async (given: Record<string, string>, act: () => Promise<void>): Promise<void> => {
    Object.assign(process.env, given);
    try {
      await act();
    } finally {
      for (const name of Object.keys(given)) delete process.env[name];
    }
  };

  it('is that we are ready, then again and again that we turn, and that we end, and no more', async () => {
    const given = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '400000', WATCHDOG_PID: String(process.pid) };
    await withSocket(given, async () => {
      const manager = serviceManager(given, fail);
      const alive = setTimeout(() => {}, 60_000);
      await manager.ready();
      assert.match(await next(), /READY=1/);
      assert.match(await next(), /^WATCHDOG=1/);
      assert.match(await next(), /^WATCHDOG=1/);
      await manager.stopping();
      for (let said = await next(); !said.startsWith('STOPPING=1'); said = await next())
        assert.match(said, /^WATCHDOG=1/);
      clearTimeout(alive);
    });
  });

  it('is no watchdog of another process', async () => {
    const given = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '20000', WATCHDOG_PID: '1' };
    await withSocket(given, async () => {
      const manager = serviceManager(given, fail);
      await manager.ready();
      await new Promise((resolve) => setTimeout(resolve, 200));
      await manager.stopping();
      assert.match(await next(), /READY=1/);
      assert.match(await next(), /^STOPPING=1/);
    });
  });

  it('is, of a daemon whose event store is away, that it is started, waits for what, and turns', async () => {
    const [http, ftp] = [await freePort(), await freePort()];
    const env = {
      PATH: process.env.PATH,
      NOTIFY_SOCKET: socket,
      WATCHDOG_USEC: '400000',
      MINI_BUILDD_HOME: join(folder, 'home'),
      MINI_BUILDD_LOG: `esdb://127.0.0.1:${await freePort()}?tls=false`,
      MINI_BUILDD_HTTP: `127.0.0.1:${http}`,
      MINI_BUILDD_FTP: `127.0.0.1:${ftp}`,
    };
    const program = join(import.meta.dirname, '../../../src/cli/mini-buildd.ts');
    const daemon = spawn(process.execPath, [program, 'serve'], { env, stdio: 'ignore' });
    try {
      assert.match(await next(), /READY=1/);
      let said = '';
      while (!said.startsWith('STATUS=')) said = await next();
      assert.match(said, /^STATUS=waiting: \S/);
      assert.match(await next(), /^WATCHDOG=1/);
      assert.equal((await fetch(`http://127.0.0.1:${http}/readyz`)).status, 503);
    } finally {
      const ended = once(daemon, 'exit');
      daemon.kill('SIGKILL');
      await ended;
    }
  });

  it('is nothing where nobody listens, and a program that is missing is told once and ends nothing', async () => {
    await serviceManager({}, fail, '/nonexistent').ready();
    const complaints: Error[] = [];
    const manager = serviceManager({ NOTIFY_SOCKET: socket }, (error) => complaints.push(error), '/nonexistent');
    await manager.ready();
    await manager.stopping();
    assert.equal(complaints.length, 1);
  });
});
