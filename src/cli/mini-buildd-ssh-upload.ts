#!/usr/bin/env node
import { usualLimits } from '../adapters/ftp/limits.ts';
import { reasonOf } from '../domain/reason.ts';
import { ftpDoor } from './ssh-upload/ftp-door.ts';
import { wishIn } from './ssh-upload/original-command.ts';
import { serveUploads } from './ssh-upload/serve-uploads.ts';

/*
 * mini-buildd-ssh-upload HOST[:PORT]
 *
 * What sshd runs for a key that may upload to one instance, and do nothing else (authorized_keys(5)):
 *
 *   restrict,command="mini-buildd-ssh-upload localhost:8067" ssh-ed25519 AAAA…
 *
 * Speaks SFTP on standard input and output, and hands each file to the FTP door of the instance as it comes. Exit codes: 0 the client
 * left, 1 it was sent away, 2 wrong usage, or another wish.
 */
const upload = async (host: string, port: number): Promise<number> => {
  try {
    await serveUploads(process.stdin, process.stdout, ftpDoor(host, port), usualLimits);
    return 0;
  } catch (error) {
    process.stderr.write(`mini-buildd-ssh-upload: ${reasonOf(error)}\n`);
    return 1;
  }
};

const refuse = (why: string): number => {
  process.stderr.write(`mini-buildd-ssh-upload: ${why}\n`);
  return 2;
};

process.stdout.on('error', () => process.exit(1));
const [, bracketed, plain, port = '8067'] =
  /^(?:\[([0-9A-Fa-f:.]+)\]|([^[\]:\s]+))(?::(\d{1,5}))?$/.exec(process.argv[2] ?? '') ?? [];
const host = bracketed ?? plain;
const wish = wishIn(process.env.SSH_ORIGINAL_COMMAND ?? '');
if (host === undefined || process.argv.length !== 3) {
  process.exitCode = refuse('Usage: mini-buildd-ssh-upload HOST[:PORT], as a forced command of sshd');
} else if (wish === 'sftp') process.exitCode = await upload(host, Number(port));
else process.exitCode = wish === 'nothing' ? 0 : refuse(wish.refused);
