import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Asks the person at the terminal; an end of input is an empty answer. */
export const ask = (question: string): Promise<string> => answerTo(question, process.stderr);

/** The same for what nobody shall read on the screen. */
export const askSecret = async (question: string): Promise<string> => {
  process.stderr.write(question);
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await answerTo('', silence);
  process.stderr.write('\n');
  return answer;
};

const answerTo = async (question: string, output: NodeJS.WritableStream): Promise<string> => {
  const terminal = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY });
  try {
    return await Promise.race([
      terminal.question(question),
      new Promise<string>((resolve) => terminal.once('close', () => resolve(''))),
    ]);
  } finally {
    terminal.close();
  }
};
