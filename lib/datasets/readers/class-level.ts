import { printable } from '../../core/printable.ts';
import { DatasetError } from '../dataset-error.ts';
import { givenSplits } from '../source.ts';
import { isKindOfFile, splitOfFolder } from './folder-words.ts';

/** The largest number of names of subfolders that two classes may share; beyond it they are taken for something else. */
const mostShared = 1;
/** The largest number of subfolders of a class whose names are compared: if there are very many, the first ones are enough. */
const mostCompared = 1000;

/**
 * Checks that folders are classes and not one level above them, such as `training_set/` beside `test_set/`, or `images/` beside `masks/`.
 * @param paths of the images, from the class folder on
 * @throws DatasetError telling what the folders seem to be
 */
export function checkLevel(classes: readonly string[], paths: Iterable<string[]>, where: string): void {
  const subfolders = new Map<string, Set<string>>(classes.map((name) => [name, new Set()]));
  for (const [name, subfolder, ...rest] of paths) {
    const known = subfolders.get(name!)!;
    if (rest.length > 0 && known.size < mostCompared) known.add(subfolder!);
  }
  const refuse = (folders: readonly string[], what: string): never => {
    const shown = folders.slice(0, 3).map((name) => `${printable(name)}/`);
    throw new DatasetError(
      `${where}: ${shown.join(' and ')} ${what}. Classes are read from <class>/* or train/<class>/*: ` +
        'give the path of the folder that has these, or list the images in a table (kind: table)',
    );
  };
  const notClasses = classes.filter((name) => isKindOfFile(name) || splitOfFolder(name) !== undefined);
  if (notClasses.length === classes.length) refuse(notClasses, 'are splits or kinds of files, not classes');
  for (const name of classes) {
    const inside = [...subfolders.get(name)!];
    if (splitOfFolder(name) !== undefined && inside.length > 1) refuse([name], 'is a split without one for training');
    const training = inside.find((subfolder) => splitOfFolder(subfolder) === givenSplits.train);
    if (training !== undefined && inside.length > 1)
      refuse([name], `has splits in it (${inside.slice(0, 3).map(printable).join(', ')}), so it is not a class`);
  }
  const owners = new Map<string, string[]>();
  for (const [name, inside] of subfolders)
    for (const subfolder of inside) owners.set(subfolder, [...(owners.get(subfolder) ?? []), name].slice(0, 2));
  const shared = new Map<string, string[]>();
  for (const [subfolder, names] of owners) {
    if (names.length < 2) continue;
    const pair = names.join('\0');
    shared.set(pair, [...(shared.get(pair) ?? []), subfolder]);
  }
  for (const [pair, names] of shared)
    if (names.length > mostShared)
      refuse(pair.split('\0'), `have the same folders in them (${names.slice(0, 3).map(printable).join(', ')})`);
}
