/** How far long work is, for who waits for it. */
export type Progress = { readonly say: (line: string) => void; readonly end: () => void };

const onceIn = { terminal: 200, file: 10_000 };

/** On a terminal one line that changes; elsewhere a line every ten seconds, the first of them after ten. */
export const progressTo = (stream: NodeJS.WriteStream): Progress => {
  const pause = stream.isTTY ? onceIn.terminal : onceIn.file;
  let [said, isShown] = [Date.now(), false];
  return {
    say: (line) => {
      if (Date.now() - said < pause) return;
      said = Date.now();
      isShown = stream.isTTY;
      stream.write(stream.isTTY ? `\r\u001B[K${line}` : `${line}\n`);
    },
    end: () => {
      if (isShown) stream.write('\r\u001B[K');
    },
  };
};
