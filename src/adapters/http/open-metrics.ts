/** The media type of OpenMetrics 1.0 (§3.4). */
export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * The text of Prometheus' form as that of OpenMetrics 1.0: families of counters are named without `_total`, what is measured in seconds or bytes says
 * so, quotes in help are escaped, no line is empty, and the end is marked. The library's own way there renames its counters for good, and
 * would change what is said in the other form.
 */
export const openMetrics = (text: string): string => {
  const lines = text.split('\n').filter((line) => line !== '');
  const counters = new Set(lines.flatMap((line) => /^# TYPE (\S+)_total counter$/.exec(line)?.[1] ?? []));
  const family = (name: string): string => {
    const stem = name.replace(/_total$/, '');
    return counters.has(stem) ? stem : name;
  };
  const translated = lines.flatMap((line) => {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') return [`# HELP ${family(name)} ${rest.replaceAll('"', '\\"')}`];
    if (keyword === 'TYPE') return [`# TYPE ${family(name)} ${rest}`, ...unitOf(family(name))];
    return [line];
  });
  return `${[...translated, '# EOF'].join('\n')}\n`;
};

const unitOf = (family: string): readonly string[] => {
  const [, unit] = /_(seconds|bytes)$/.exec(family) ?? [];
  return unit === undefined ? [] : [`# UNIT ${family} ${unit}`];
};
