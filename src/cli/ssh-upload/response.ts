/** Codes of SSH_FXP_STATUS (draft-ietf-secsh-filexfer-02 §7). */
export const statusCodes = { ok: 0, 'no-such-file': 2, 'permission-denied': 3, failure: 4, unsupported: 8 } as const;
export type StatusCode = keyof typeof statusCodes;

/** A folder that may be written and not looked into, or a file of that many bytes that may not be read. */
export type Attributes = 'folder' | { readonly size: number };

export const version = (): Buffer => packet(2, number(3));

export const status = (id: number, code: StatusCode, message: string): Buffer =>
  packet(101, number(id), number(statusCodes[code]), text(message), text('en'));

export const handle = (id: number, name: string): Buffer => packet(102, number(id), text(name));

export const realPath = (id: number, path: string): Buffer =>
  packet(104, number(id), number(1), text(path), text(path), number(0));

export const attributes = (id: number, of: Attributes): Buffer => {
  const [size, mode] = of === 'folder' ? [0, 0o040_733] : [of.size, 0o100_200];
  return packet(105, number(id), number(sizeAndPermissions), long(size), number(mode));
};

/** SSH_FILEXFER_ATTR_SIZE and SSH_FILEXFER_ATTR_PERMISSIONS (§5). */
const sizeAndPermissions = 0x1 | 0x4;

const packet = (type: number, ...fields: readonly Buffer[]): Buffer => {
  const body = Buffer.concat([Buffer.from([type]), ...fields]);
  return Buffer.concat([number(body.length), body]);
};

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
};
