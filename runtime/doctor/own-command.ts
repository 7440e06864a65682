const isCheckout = import.meta.url.endsWith('.ts');

/** A command of this program as it is typed: with the installed package, or in a checkout. */
export const ownCommand = (command: string): string =>
  `${isCheckout ? 'npm run study --' : 'npx beyond-imagenet'} ${command}`;
