/**
 * ECMA-48: control sequences, with their parameters and their final letter; and strings for the terminal, which set titles and the
 * like. None of them goes on beyond its line.
 */
export const sequences =
  /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]/g;

/** What a reader sees of it. */
export const withoutSequences = (text: string): string =>
  text.includes('\u001b') ? text.replace(sequences, '') : text;
