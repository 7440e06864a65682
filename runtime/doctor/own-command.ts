const isCheckout = import.meta.url.endsWith('.ts');

/** Formats a command of this program as a user types it, with the installed package or in a checkout. */
export const ownCommand = (command: string): string =>
  `${isCheckout ? 'npm run study --' : 'npx beyond-imagenet'} ${command}`;
