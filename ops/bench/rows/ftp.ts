import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { attempt } from '../../../test/system/support/programs.ts';
import { piped } from '../piped.ts';
import { atLeast, type Bench, onlyShown, type Row, Skipped, shown } from '../row.ts';
import { inTurns, median, type Pairs, timesLonger } from '../turns.ts';
import { unpacked } from '../unpacked.ts';

const many = { files: 300, bytes: 10_000, rounds: 4 };
const large = { bytes: 256 * 2 ** 20, rounds: 3 };

/**
 * The way in. Ours hashes every file and has it synced before it answers; pyftpdlib does neither. The
 * client of both is Python's, for curl waits a second now and then before it looks at a data connection.
 */
export const ftp: Row = {
  name: 'ftp',
  about: 'FTP uploads: 300 files of 10 kB in a session, and one of 256 MB, over pyftpdlib',
  prepare: async () => {
    if ((await attempt('test', ['-x', python])).code !== 0) throw new Skipped(`${python} is missing`);
  },
  run: async (bench) => {
    const folder = await bench.folder('ftp');
    const tools = await unpacked(bench, ['python3-pyftpdlib']);
    const ports = {
      ours: await ourDoor(bench, folder),
      theirs: await pyftpdlib(bench, folder, tools, 'as it is'),
      synced: await pyftpdlib(bench, folder, tools, 'syncing'),
    };
    const files = (whose: keyof typeof ports) => async (round: number) => {
      const paths = Array.from({ length: many.files }, (_, n) => join(folder, `${whose}-${round}-${n}`));
      for (const path of paths) await writeFile(path, randomBytes(many.bytes));
      return upload(ports[whose], paths);
    };
    const small = await inTurns(bench, many.rounds, files('ours'), files('theirs'));
    const durable = await inTurns(bench, many.rounds / 2, files('ours'), files('synced'));
    const file = (whose: keyof typeof ports) => async (round: number) => {
      const path = join(folder, `${whose}-large-${round}`);
      await writeFile(path, randomBytes(large.bytes));
      return upload(ports[whose], [path]).finally(() => rm(path));
    };
    const one = await inTurns(bench, large.rounds, file('ours'), file('theirs'));
    const figure = (what: string, amount: number, unit: string, pairs: Pairs) => ({
      what,
      ours: `${shown((1000 * amount) / median(pairs.ours))} ${unit}`,
      peer: `pyftpdlib ${shown((1000 * amount) / median(pairs.theirs))} ${unit}`,
      ...atLeast(0.5, 1 / timesLonger(pairs)),
    });
    const alike = figure('300 files of 10 kB', many.files, 'files/s', durable);
    return [
      figure('300 files of 10 kB', many.files, 'files/s', small),
      { ...alike, peer: `${alike.peer} with a sync of file and folder`, ...onlyShown(1 / timesLonger(durable)) },
      figure('one file of 256 MB', large.bytes / 1e6, 'MB/s', one),
    ];
  },
};

const python = '/usr/bin/python3';

const client = `
import ftplib, json, os, sys, time
ftp = ftplib.FTP()
ftp.connect("127.0.0.1", int(sys.argv[1]))
ftp.login()
ftp.cwd("/incoming")
paths = json.load(sys.stdin)
began = time.monotonic()
for path in paths:
    with open(path, "rb") as file:
        ftp.storbinary("STOR " + os.path.basename(path), file, 65536)
print(time.monotonic() - began)
`;

/** Stores files in one session; how long that took, in milliseconds. */
const upload = async (port: string, paths: readonly string[]): Promise<number> =>
  1000 * Number(await piped(python, ['-c', client, port], JSON.stringify(paths)));

const ourDoor = async (bench: Bench, folder: string): Promise<string> => {
  const program = join(import.meta.dirname, '..', 'alone', 'ftp.ts');
  return listening(bench, process.execPath, [program, join(folder, 'incoming')], {});
};

const server = `
import logging, os, sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
logging.disable(logging.CRITICAL)
class Handler(FTPHandler):
    authorizer = DummyAuthorizer()
    def on_file_received(self, path):
        if sys.argv[2] == "syncing":
            for each in (path, os.path.dirname(path)):
                number = os.open(each, os.O_RDONLY)
                os.fsync(number)
                os.close(number)
Handler.authorizer.add_anonymous(sys.argv[1], perm="elw")
server = FTPServer(("127.0.0.1", 0), Handler)
print(server.address[1], flush=True)
server.serve_forever(handle_exit=False)
`;

const pyftpdlib = async (bench: Bench, folder: string, tools: string, how: 'as it is' | 'syncing'): Promise<string> => {
  const home = join(folder, `theirs-${how}`);
  await mkdir(join(home, 'incoming'), { recursive: true });
  return listening(bench, python, ['-W', 'ignore', '-c', server, home, how], {
    PYTHONPATH: join(tools, 'usr/lib/python3/dist-packages'),
  });
};

/** Starts a server that says its port first, and ends it with the run. */
const listening = async (
  bench: Bench,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> => {
  const child: ChildProcess = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  bench.atEnd(() => child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error(`${program} has no output`);
  for await (const line of createInterface(child.stdout)) return line.trim();
  throw new Error(`${program} ended before it listened`);
};
