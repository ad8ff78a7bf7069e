/** Longest packet we take, in bytes: what OpenSSH takes, too. Clients write 32 kB at a time. */
const longestPacket = 256 * 1024;

/** What was said is no SFTP: the session ends with its message. */
export class NotSftp extends Error {}

/** Parts what comes in at the lengths that stand before each packet (draft-ietf-secsh-filexfer-02 §3). Throws `NotSftp`. */
export async function* packets(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let wanted = Buffer.alloc(4);
  let filled = 0;
  let isPacket = false;
  for await (const chunk of input) {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.copy(wanted, filled, at);
      at += taken;
      filled += taken;
      if (filled < wanted.length) continue;
      if (isPacket) yield wanted;
      wanted = Buffer.alloc(isPacket ? 4 : lengthIn(wanted));
      filled = 0;
      isPacket = !isPacket;
    }
  }
  if (isPacket || filled > 0) throw new NotSftp('the connection ended within a packet');
}

const lengthIn = (header: Buffer): number => {
  const length = header.readUInt32BE();
  if (length >= 1 && length <= longestPacket) return length;
  throw new NotSftp(`a packet of ${length} bytes is no SFTP: they have 1 to ${longestPacket}`);
};
