const longestName = 60;

/**
 * A folder name for each class: its label, padded so that the names sort by label as ImageFolder of torchvision numbers them, and as much
 * of its name as any file system accepts, e.g. `03-dress`. Names of classes are text from elsewhere: of `../etc` letters and dots remain,
 * and the label makes two names differ that are otherwise equal.
 */
export function classFolderNames(classes: readonly string[]): string[] {
  const digits = String(classes.length - 1).length;
  return classes.map((name, label) => {
    const letters = name.normalize('NFC').replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '_');
    // Folders of Windows must not end in a dot.
    const shortened = Array.from(letters).slice(0, longestName).join('').replace(/[.]+$/, '');
    return [String(label).padStart(digits, '0'), ...(shortened === '' ? [] : [shortened])].join('-');
  });
}
