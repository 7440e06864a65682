const longestName = 60;

/**
 * Returns a folder name for each class, e.g. `03-dress`: its label, padded so that names sort by label, as torchvision's ImageFolder
 * numbers them, and as much of its name as any file system accepts. Class names are untrusted text: `../etc` keeps only its letters and
 * dots, and the label distinguishes names that become equal.
 */
export function classFolderNames(classes: readonly string[]): string[] {
  const digits = String(classes.length - 1).length;
  return classes.map((name, label) => {
    const letters = name.normalize('NFC').replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '_');
    // Folder names on Windows must not end in a dot.
    const shortened = Array.from(letters).slice(0, longestName).join('').replace(/[.]+$/, '');
    return [String(label).padStart(digits, '0'), ...(shortened === '' ? [] : [shortened])].join('-');
  });
}
