import { type LightDaemon, lightDaemon } from './light-daemon.ts';
import type { Bench } from './row.ts';
import { send } from './send.ts';
import { type SignedUpload, signedUpload, type Uploader, uploader } from './signed-upload.ts';

export type Arrival = SignedUpload & {
  /** Milliseconds as `performance.now` counts: the last byte sent, the verdict durable, the builder called. */
  readonly sent: number;
  readonly accepted: number;
  readonly begun: number;
};

export type Door = {
  readonly uploader: Uploader;
  /** Makes, sends and follows one more upload. */
  readonly next: () => Promise<Arrival>;
};

let opened: Promise<Door> | undefined;

/** A daemon in this process with an uploader before it, shared by the rows that look at the first steps. */
export const door = (bench: Bench): Promise<Door> => {
  opened ??= open(bench);
  return opened;
};

const open = async (bench: Bench): Promise<Door> => {
  const someone = uploader(bench);
  const folder = await bench.folder('door');
  const daemon = await lightDaemon(folder, someone.keyring);
  bench.atEnd(daemon.stop);
  let uploads = 0;
  const next = async (): Promise<Arrival> => {
    uploads += 1;
    return follow(daemon, await signedUpload(folder, `bench-${uploads}`, someone));
  };
  await next();
  return { uploader: someone, next };
};

const follow = async (daemon: LightDaemon, upload: SignedUpload): Promise<Arrival> => {
  const sent = await send(daemon.ftpPort, [...upload.files, upload.changes]);
  const accepted = await daemon.moment('UploadAccepted', upload.source);
  return { ...upload, sent, accepted, begun: await daemon.moment('sbuild', upload.source) };
};
