import { isLeft } from 'fp-ts/lib/Either.js';
import type { FileName } from '../../domain/debian/names.ts';
import type { FileTransfer, IncomingDoor, Refused } from './incoming-door.ts';
import { NotSftp } from './packets.ts';
import { placeOf } from './place.ts';
import { openFlags, type Request } from './request.ts';
import { attributes, handle, realPath, status, version } from './response.ts';

/** A file on its way; `failed` says why it is not taken, from then on. */
type OpenFile = {
  readonly handle: string;
  readonly name: FileName;
  readonly transfer: FileTransfer;
  size: number;
  failed: Refused | undefined;
};

export type UploadSession = {
  /** The packet that answers. Requests are answered one by one. Throws `NotSftp` where none can be. */
  readonly answer: (request: Request) => Promise<Buffer>;
};

/**
 * One client, who may write files into `/incoming` one after the other, each from its beginning to its end, and do nothing else. He sees
 * that folder and the sizes of what he wrote. Of attributes everything is granted and nothing done: files here have neither times nor modes.
 */
export const uploadSession = (door: IncomingDoor, mostFiles: number): UploadSession => {
  const written = new Map<FileName, number>();
  let greeted = false;
  let begun = 0;
  let file: OpenFile | undefined;

  const open = async (id: number, path: string, flags: number): Promise<Buffer> => {
    const place = placeOf(path);
    if (place === undefined || !('file' in place)) return status(id, 'permission-denied', onlyFiles);
    if ((flags & openFlags.write) === 0 || (flags & (openFlags.read | openFlags.append)) !== 0) {
      return status(id, 'permission-denied', 'files are written here from their beginning, and never read');
    }
    if (file !== undefined) return status(id, 'failure', `close ${file.name} first: files come one after the other`);
    if (begun >= mostFiles)
      return status(id, 'failure', `${mostFiles} files are enough for one session: connect again`);
    begun += 1;
    const transfer = await door.begin(place.file);
    if (isLeft(transfer)) return status(id, transfer.left.code, transfer.left.why);
    file = { handle: String(begun), name: place.file, transfer: transfer.right, size: 0, failed: undefined };
    return handle(id, file.handle);
  };

  const write = async (to: OpenFile, id: number, offset: bigint, bytes: Buffer): Promise<Buffer> => {
    if (to.failed === undefined && offset !== BigInt(to.size)) {
      to.transfer.abandon();
      to.failed = { code: 'failure', why: `${to.name} has ${to.size} bytes so far: the next ones come there` };
    }
    to.failed ??= await to.transfer.write(bytes);
    if (to.failed !== undefined) return status(id, to.failed.code, to.failed.why);
    to.size += bytes.length;
    return done(id);
  };

  const close = async (what: OpenFile, id: number): Promise<Buffer> => {
    file = undefined;
    const failed = what.failed ?? (await what.transfer.finish());
    if (failed !== undefined) return status(id, failed.code, failed.why);
    written.set(what.name, what.size);
    return done(id);
  };

  const ofPlace = (id: number, path: string): Buffer => {
    const place = placeOf(path);
    if (place !== undefined && 'folder' in place) return attributes(id, 'folder');
    const size = place === undefined ? undefined : written.get(place.file);
    return size === undefined ? status(id, 'no-such-file', 'there is no such file here') : attributes(id, { size });
  };

  const ofHandle = async (request: Extract<Request, { readonly handle: string }>): Promise<Buffer> => {
    const { id } = request;
    if (file === undefined || file.handle !== request.handle) return status(id, 'failure', 'no such file is open');
    switch (request.asks) {
      case 'write':
        return write(file, id, request.offset, request.bytes);
      case 'close':
        return close(file, id);
      case 'handle-attributes':
        return attributes(id, { size: file.size });
      case 'set-handle-attributes':
        return done(id);
    }
  };

  return {
    answer: async (request) => {
      if (greeted === (request.asks === 'init')) throw new NotSftp('a session begins with SSH_FXP_INIT, once');
      greeted = true;
      switch (request.asks) {
        case 'init':
          return version();
        case 'open':
          return open(request.id, request.path, request.flags);
        case 'real-path':
          return where(request.id, request.path);
        case 'attributes':
          return ofPlace(request.id, request.path);
        case 'set-attributes':
          return placeOf(request.path) === undefined ? nowhere(request.id) : done(request.id);
        case 'forbidden':
          return status(request.id, 'permission-denied', 'files are uploaded here, and nothing else is done');
        case 'unsupported':
          return status(request.id, 'unsupported', 'there is no such request in this SFTP');
        default:
          return ofHandle(request);
      }
    },
  };
};

const onlyFiles =
  'a file of /incoming is named by 1 to 255 letters, digits, "+.~_:-", a letter or digit first, without folders';

const where = (id: number, path: string): Buffer => {
  const place = placeOf(path);
  if (place === undefined) return nowhere(id);
  return realPath(id, 'folder' in place ? place.folder : `/incoming/${place.file}`);
};

const nowhere = (id: number): Buffer => status(id, 'no-such-file', 'there is nothing here but /incoming');

const done = (id: number): Buffer => status(id, 'ok', '');
