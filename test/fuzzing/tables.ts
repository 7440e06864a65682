import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { curveRows } from '../../lib/results/curves-table.ts';
import { readTable } from '../../lib/results/read-table.ts';
import type { RawTable } from '../../lib/results/raw-table.ts';
import { joinedTidyRows } from '../../lib/results/tidy-tables.ts';
import { wideRows } from '../../lib/results/wide-tables.ts';
import { mutated } from './mutations.ts';
import { expectThat, pick, type Subject, type Subjects } from './subject.ts';

async function filesOf(folder: string, ending: RegExp): Promise<Buffer[]> {
  const place = new URL(`../lib/results/${folder}/`, import.meta.url);
  const names = (await readdir(place)).filter((name) => ending.test(name)).sort();
  return Promise.all(names.map((name) => readFile(new URL(name, place))));
}

/** Tables that are read and converted to results. */
function tables(name: string, originals: readonly Buffer[], resultsOf: (table: RawTable) => unknown): Subject {
  let intact = 0;
  return {
    async read(random, folder) {
      const path = join(folder, name);
      // The first cases are intact, which shows that the others are refused because of their damage.
      const original = originals[intact++];
      await writeFile(path, original ?? mutated(pick(originals, random), random));
      const table = await readTable(path);
      if (original !== undefined) return;
      const { columns, rows } = table;
      expectThat(new Set(columns).size === columns.length, 'two columns of one name');
      for (const { cells } of rows) {
        expectThat(cells.length === columns.length, `${cells.length} cells in ${columns.length} columns`);
        expectThat(
          cells.every((cell) => cell === null || typeof cell === 'string' || Number.isFinite(cell)),
          'a cell that is neither text nor a number nor missing',
        );
      }
      resultsOf(table);
    },
  };
}

function resultsOfWide(table: RawTable): void {
  const rows = wideRows([table], { unit: 'accuracy-percent' });
  expectThat(
    rows.every(({ top1Error }) => top1Error !== null && top1Error >= 0 && top1Error <= 1),
    'an error outside [0, 1]',
  );
}

const wide = (name: string, originals: readonly Buffer[]) => tables(name, originals, resultsOfWide);

const separated = [
  'model;val;params\na;76,1;1.013,5\nb;71,6;25\n',
  'model\tval\tother\na\t76.1\t50\nb\t71.6\t\n',
  ',model,val,"other, quoted"\n0,a,76.1,50\n1,"b ""c""",71.6,NA\n',
].map((text) => Buffer.from(text));

const tidy = Buffer.from(
  `architecture,dataset,seed,top1Error,outcome,params\n${Array.from({ length: 20 }, (_, i) => `net-${i >> 1},${i % 2 ? 'a' : 'b'},0,0.${10 + i},finished,"1,0${10 + i}"\n`).join('')}`,
);
const curves = Buffer.from(
  `architecture,dataset,seed,epoch,validationTop1Error\n${Array.from({ length: 20 }, (_, i) => `net,a,0,${i + 1},0.${40 - i}\n`).join('')}`,
);

/** Readers of tables. */
export const tableSubjects: Subjects = {
  'Parquet tables': async () =>
    wide('a.parquet', [...(await filesOf('golden', /\.parquet$/)), ...(await filesOf('other-writers', /\.parquet$/))]),
  'Arrow tables': async () =>
    wide('a.arrow', [
      ...(await filesOf('golden', /\.(arrow|feather)$/)),
      ...(await filesOf('other-writers', /\.arrow$/)),
    ]),
  'separated tables': async () => wide('a.csv', [...separated, ...(await filesOf('golden', /\.csv$/))]),
  'tidy tables': () => Promise.resolve(tables('a.csv', [tidy], (table) => joinedTidyRows([table], []))),
  'tables of curves': () => Promise.resolve(tables('a.csv', [curves], curveRows)),
};
