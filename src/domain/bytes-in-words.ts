/** In the largest binary unit that fits: `1.5 MiB`. */
export const bytes = (count: number): string => {
  const power = Math.min(units.length - 1, count < 1 ? 0 : Math.floor(Math.log2(count) / 10));
  const amount = count / 1024 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : Math.round(amount * 10) / 10} ${units[power]}`;
};

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
