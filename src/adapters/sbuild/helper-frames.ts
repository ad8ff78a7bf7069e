/** What the root helper sends: output as it was printed, or a message. */
export type Frame =
  | { readonly kind: 'output'; readonly bytes: Buffer }
  | { readonly kind: 'message'; readonly value: unknown };

/** One letter (`L` output, `J` JSON), four bytes of length in network order, that many bytes. Throws on anything else. */
export const helperFrames = async function* (bytes: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const end = 5 + rest.readUInt32BE(1);
      yield frameOf(rest.toString('latin1', 0, 1), rest.subarray(5, end));
      rest = rest.subarray(end);
    }
  }
};

const frameOf = (letter: string, bytes: Buffer): Frame => {
  if (letter === 'L') return { kind: 'output', bytes };
  if (letter === 'J') return { kind: 'message', value: JSON.parse(bytes.toString('utf8')) };
  throw new Error(`the root helper sent a frame of kind "${letter}": helper and daemon must be of one version`);
};
