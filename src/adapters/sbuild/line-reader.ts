import { StringDecoder } from 'node:string_decoder';

/** Cuts output into lines; carriage returns end lines too, as programs that show progress write them. */
export const lineReader = (
  line: (text: string) => void,
): { readonly write: (bytes: Buffer) => void; readonly end: () => void } => {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const emit = (text: string): void => {
    if (text.trim() !== '') line(text.slice(0, 4096));
  };
  return {
    write: (bytes) => {
      const parts = (rest + decoder.write(bytes)).split(/\r?\n|\r/);
      rest = (parts.pop() ?? '').slice(-4096);
      parts.forEach(emit);
    },
    end: () => {
      emit(rest);
      rest = '';
    },
  };
};
