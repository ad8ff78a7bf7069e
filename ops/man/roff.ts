/** A tagged paragraph. */
export const entry = (title: string, text: string): readonly string[] => ['.TP', `.B ${title}`, ...prose(text)];

/** A title in quotation marks. */
export const quoted = (text: string): string => escaped(text).replaceAll('"', '\\(dq');

/** Text that roff takes as it stands: no line begins with a control character, hyphens stay hyphens. */
export const prose = (text: string): readonly string[] => [escaped(text).replace(/^(?=[.'])/, '\\&')];

/** Letters beyond ASCII by their numbers: not every groff reads UTF-8 by itself. */
const escaped = (text: string): string =>
  text
    .replace(/\\(?![-&(f])/g, '\\e')
    .replace(/(?<!\\)-/g, '\\-')
    .replace(
      /[^\x00-\x7f]/gu,
      (letter) => `\\[u${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`,
    );
