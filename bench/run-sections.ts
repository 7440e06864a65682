import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { textTable } from '../commands/terminal/table.ts';

export interface Measurement {
  what: string;
  unit: string;
  ours: number | null;
  /** Figure that `ours` is compared with: another program's, another method's, or a target; named in `what`. */
  other: number | null;
  /** ours / other. */
  ratio: number | null;
  note?: string;
}

/** The input of a section. */
export interface Surroundings {
  rounds: number;
  /** Folder for a section's files. */
  directory: string;
}

export type Sections<Told extends Surroundings> = Record<string, (told: Told) => AsyncGenerator<Measurement>>;

/** Load average over the last minute, including the benchmark's own processes. */
type Measured = Measurement & { section: string; load: number };

export interface SectionOptions {
  /** Names of sections, separated by commas; if absent, all. */
  only?: string;
  rounds: string;
  json?: true;
}

/** Runs sections of a benchmark one after the other; prints each figure as it arrives, then a table and JSON. */
export async function runSections<Told extends Surroundings>(
  benchmark: string,
  sections: Sections<Told>,
  { only, rounds, json }: SectionOptions,
  told: Omit<Told, keyof Surroundings>,
): Promise<void> {
  const names = only?.split(',') ?? Object.keys(sections);
  const unknown = names.find((name) => !Object.hasOwn(sections, name));
  if (unknown !== undefined)
    throw new Error(`--only must name some of ${Object.keys(sections).join(', ')}, got ${unknown}`);
  const directory = await mkdtemp(join(tmpdir(), `bench-${benchmark}-`));
  const measurements: Measured[] = [];
  try {
    for (const name of names)
      for await (const measurement of sections[name]!({ ...told, rounds: Number(rounds), directory } as Told)) {
        measurements.push({ section: name, ...measurement, load: loadavg()[0]! });
        if (!json) process.stderr.write(`${name}: ${measurement.what}: ${ratioText(measurement)}\n`);
      }
  } finally {
    await rm(directory, { recursive: true });
  }
  if (!json) process.stdout.write(`${table(measurements)}\n`);
  process.stdout.write(`${JSON.stringify({ benchmark, rounds: Number(rounds), measurements })}\n`);
}

const ratioText = ({ unit, ours, other, ratio, note }: Measurement) =>
  `${figure(ours)} to ${figure(other)} ${unit}, ratio ${ratio === null ? '-' : ratio.toFixed(2)}${note === undefined ? '' : ` (${note})`}`;

const figure = (value: number | null) => (value === null ? '-' : value.toPrecision(4));

function table(measurements: Measured[]): string {
  return textTable(
    ['section', 'what', 'unit', 'ours', 'other', 'ratio', 'load', 'note'],
    measurements.map(({ section, what, unit, ours, other, ratio, load, note }) => [
      section,
      what,
      unit,
      figure(ours),
      figure(other),
      ratio === null ? '-' : ratio.toFixed(2),
      load.toFixed(1),
      note ?? '',
    ]),
    { left: ['section', 'what', 'unit', 'note'] },
  );
}
