/** A number of bytes as disks and networks are measured, e.g. "162 MB" or "1.4 TB". */
export function bytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${Number((count / 1000 ** unit).toPrecision(3))} ${units[unit]}`;
}

/** A span of time in its largest unit, e.g. "12 s", "3 min", "5 h" or "12 days"; never less than 0 s. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1000);
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** A span of time in its two largest units, e.g. "45 s", "3 min 20 s", "2 h 5 min" or "3 d 4 h". */
export function preciseDuration(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const whole = Math.max(0, Math.round(seconds));
  const first = units.findIndex(([size]) => whole >= size);
  if (first === -1 || first === units.length - 1) return `${whole} s`;
  const [size, unit] = units[first]!;
  const [smaller, smallerUnit] = units[first + 1]!;
  const rest = Math.floor((whole % size) / smaller);
  return `${Math.floor(whole / size)} ${unit}${rest === 0 ? '' : ` ${rest} ${smallerUnit}`}`;
}

const scales = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A count with three digits and the prefix of its magnitude, e.g. "341M" or "26.3k". */
export function abbreviated(count: number): string {
  const [size, prefix] = scales.find(([least]) => Math.abs(count) >= least) ?? [1, ''];
  return `${Number((count / size).toPrecision(3))}${prefix}`;
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Multiply-adds of whole studies, e.g. "10.3 × 10¹⁸ multiply-adds"; of a few, grouped digits. */
export function multiplyAdds(count: number): string {
  if (count < 1e6) return `${Math.round(count).toLocaleString('en-US')} multiply-adds`;
  const exponent = Math.floor(Math.log10(count) / 3) * 3;
  const power = [...String(exponent)].map((digit) => superscripts[Number(digit)]).join('');
  return `${Number((count / 10 ** exponent).toPrecision(3))} × 10${power} multiply-adds`;
}
